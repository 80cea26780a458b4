"""The cheapest pairing of rows with columns.

Costs are sparse: a pair that may not be is not in the table. A row may stay alone, which costs `alone`, so the pairing
is the one with the least total, not the one with the most pairs.
"""

from collections.abc import Mapping

Pair = tuple[int, int]


def assign(costs: Mapping[Pair, float], alone: float = 2.0) -> list[Pair]:
    """Return the pairs (row, column) with the least total cost. A pair that costs `alone` or more is never made.

    The table falls apart into groups that share no row or column; nearly all of them are a single pair, the rest are
    solved by the Hungarian method (Kuhn 1955, in the shortest-path form of Jonker and Volgenant 1987).
    """
    allowed = {pair: cost for pair, cost in costs.items() if cost < alone}
    pairs: list[Pair] = []
    for group in _groups(allowed):
        pairs += group if len(group) == 1 else _hungarian({pair: allowed[pair] for pair in group}, alone)
    return sorted(pairs)


def _groups(costs: Mapping[Pair, float]) -> list[list[Pair]]:
    """Split the pairs into groups that share no row or column."""
    leader: dict[int, int] = {}

    def find(node: int) -> int:
        while leader.setdefault(node, node) != node:
            leader[node] = node = leader[leader[node]]
        return node

    for row, column in costs:
        leader[find(row)] = find(-1 - column)
    groups: dict[int, list[Pair]] = {}
    for pair in costs:
        groups.setdefault(find(pair[0]), []).append(pair)
    return list(groups.values())


def _hungarian(costs: Mapping[Pair, float], alone: float) -> list[Pair]:
    """Solve one group. Each row has a column of its own in which it may stay alone."""
    rows = sorted({row for row, _ in costs})
    columns = sorted({column for _, column in costs})
    wide = len(columns)
    never = 1e6
    table = [
        [costs.get((row, column), never) for column in columns] + [alone if k == i else never for k in range(len(rows))]
        for i, row in enumerate(rows)
    ]
    taken = [-1] * (wide + len(rows))  # column -> row
    row_price, column_price = [0.0] * len(rows), [0.0] * len(taken)
    for start in range(len(rows)):
        distance, came_from = [float("inf")] * len(taken), [-1] * len(taken)
        done = [False] * len(taken)
        row, column, reached = start, -1, 0.0
        while True:
            nearest, best = -1, float("inf")
            for k, cost in enumerate(table[row]):
                if done[k]:
                    continue
                through = reached + cost - row_price[row] - column_price[k]
                if through < distance[k]:
                    distance[k], came_from[k] = through, column
                if distance[k] < best:
                    nearest, best = k, distance[k]
            column, reached = nearest, best
            done[column] = True
            if taken[column] < 0:
                break
            row = taken[column]
        for k, is_done in enumerate(done):
            if is_done and k != column:
                row_price[taken[k]] += reached - distance[k]
                column_price[k] += distance[k] - reached
        row_price[start] += reached
        while column >= 0:
            before = came_from[column]
            taken[column] = taken[before] if before >= 0 else start
            column = before
    return [(rows[row], columns[k]) for k, row in enumerate(taken[:wide]) if row >= 0]
