"""A box comes to a store by a code, changes its key, is replaced, is revoked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import Engine, text

from appliance.documents import Totals, enrolment, signing
from appliance.documents.enrolment import Enrolment
from hq import enrolling, keys, users
from hq.database import reading
from tests.hq.chain_of_shops import NOW, Shop


def ask(app: Flask, shop: Shop, code: str) -> tuple[int, str]:
    answer = app.test_client().post("/v1/enrol", data=enrolment.to_bytes(enrolment.ask(shop.name, code, shop.key)))
    return answer.status_code, answer.text


def change(app: Flask, shop: Shop, new: Ed25519PrivateKey) -> int:
    asked = enrolment.to_bytes(enrolment.change(shop.name, shop.key, new.public_key()))
    return app.test_client().post(f"/v1/stores/{shop.name}/key", data=asked).status_code


def put_day(app: Flask, shop: Shop, day: date, revision: int = 1) -> int:
    times = {"opened": f"{day}T03:00:00.000Z", "closed": f"{day + timedelta(days=1)}T03:00:00.000Z"}
    return shop.put(
        app.test_client(), shop.day(day=str(day), revision=revision, quarters=(), totals=NONE, **times)
    ).status_code


NONE = Totals(None, None, 0.0)
WRONG = (403, "code: is wrong, was used, or is older than a week\n")


def test_a_box_with_the_code_may_send_its_days(app: Flask, database: Engine) -> None:
    shop = Shop()
    code = enrolling.invite(database, shop.name, NOW)
    assert put_day(app, shop, date(2026, 11, 24)) == 404
    assert ask(app, shop, f" {code[:5].upper()}-{code[5:]} ") == (201, "enrolled\n")
    assert put_day(app, shop, date(2026, 1, 1)) == 201


def test_a_code_is_good_once_and_a_lost_answer_may_be_asked_for_again(app: Flask, database: Engine) -> None:
    shop = Shop()
    code = enrolling.invite(database, shop.name, NOW)
    assert [ask(app, shop, code)[0] for _ in range(2)] == [201, 200]
    assert ask(app, Shop(), code) == WRONG
    assert put_day(app, shop, date(2026, 11, 24)) == 201


def test_a_code_dies_in_a_week_or_by_the_next_one_and_is_of_one_store(app: Flask, database: Engine) -> None:
    shop = Shop()
    old = enrolling.invite(database, shop.name, NOW - timedelta(days=7))
    assert ask(app, shop, old) == WRONG
    first, second = (enrolling.invite(database, shop.name, NOW) for _ in range(2))
    assert ask(app, shop, first) == WRONG
    assert ask(app, Shop("other-shop"), second) == WRONG
    assert ask(app, shop, second)[0] == 201


def test_a_code_is_guessed_a_thousand_times_at_most(
    app: Flask, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "MOST_TRIES", 3)
    shop = Shop()
    code = enrolling.invite(database, shop.name, NOW)
    assert {ask(app, shop, "wrong") for _ in range(3)} == {WRONG}
    assert ask(app, shop, code) == WRONG


def test_invitations_and_revocations_stand_in_the_audit_trail(app: Flask, database: Engine) -> None:
    shop = Shop()
    ask(app, shop, enrolling.invite(database, shop.name, NOW))
    keys.revoke(database, shop.name, NOW + timedelta(seconds=1))
    assert [what for _, _, what in users.trail(database)] == ["revoked the keys of corner-shop", "invited corner-shop"]


def test_the_database_holds_no_code(database: Engine) -> None:
    code = enrolling.invite(database, "corner-shop", NOW)
    with reading(database) as connection:
        (row,) = connection.execute(text("SELECT * FROM invitation")).all()
    assert code not in str(row)


def test_who_has_not_the_key_that_he_names_is_refused(app: Flask, database: Engine) -> None:
    shop = Shop()
    code = enrolling.invite(database, shop.name, NOW)
    told = enrolment.ask(shop.name, code, shop.key)
    other = signing.public_key_text(Shop().key.public_key())
    forged = enrolment.to_bytes(Enrolment(told.store, told.code, other, told.proof))
    answer = app.test_client().post("/v1/enrol", data=forged)
    assert (answer.status_code, answer.text) == (400, "proof: is not a signature by that key\n")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b"\xff", b'{"store":1,"code":1,"public_key":1,"proof":1}', b"[" * 5000, b'"' * 5000],
)
def test_what_is_no_enrolment_gets_one_line(app: Flask, body: bytes) -> None:
    Shop()
    for path in ("/v1/enrol", "/v1/stores/corner-shop/key"):
        answer = app.test_client().post(path, data=body)
        assert answer.status_code in (400, 404)
        assert answer.text.count("\n") == 1


def test_a_changed_key_goes_on_and_the_old_one_signs_what_was_before(app: Flask, database: Engine) -> None:
    old = Shop().enrol(database)
    new = Shop(old.name)
    assert [change(app, old, new.key) for _ in range(2)] == [201, 200]
    today = NOW.date()
    assert put_day(app, old, today - timedelta(days=30)) == 201
    assert put_day(app, new, today - timedelta(days=30), 2) == 201
    assert put_day(app, old, today + timedelta(days=1)) == 400
    assert put_day(app, new, today + timedelta(days=1)) == 201
    assert change(app, old, Shop().key) == 409
    assert change(app, Shop(old.name), Shop().key) == 401
    assert change(app, new, old.key) == 409


def test_a_box_in_anothers_place_goes_on_from_its_day(app: Flask, database: Engine) -> None:
    old = Shop().enrol(database)
    today = NOW.date()
    assert put_day(app, old, today - timedelta(days=2)) == 201
    new = Shop(old.name)
    assert ask(app, new, enrolling.invite(database, old.name, NOW))[0] == 201
    assert put_day(app, new, today - timedelta(days=2), 2) == 400
    assert put_day(app, new, today) == 201
    assert put_day(app, old, today - timedelta(days=3)) == 201  # still in its outbox
    assert put_day(app, old, today + timedelta(days=1)) == 400
    assert put_day(app, old, today - timedelta(days=2)) == 200


def test_a_revoked_box_sends_nothing_until_it_is_invited_with_a_new_key(app: Flask, database: Engine) -> None:
    shop = Shop().enrol(database)
    assert keys.revoke(database, shop.name, datetime.now(UTC)) == 1
    answer = shop.put(app.test_client(), shop.day())
    assert (answer.status_code, answer.text.split(" ", 2)[2]) == (
        401,
        "was revoked: the store must be invited anew\n",
    )
    assert change(app, shop, Shop().key) == 401
    code = enrolling.invite(database, shop.name, NOW)
    assert ask(app, shop, code)[0] == 409
    new = Shop(shop.name)
    assert ask(app, new, enrolling.invite(database, shop.name, NOW))[0] == 201
    assert put_day(app, new, NOW.date()) == 201
