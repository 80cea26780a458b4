import pytest

from appliance.storage.live import LiveServer, ask, ask_picture, ask_state


@pytest.fixture(params=["short", "a-very-long-folder-name-" * 8])
def path(tmp_path, request):
    folder = tmp_path / request.param
    folder.mkdir()
    return folder / "live.sock"


def test_a_question_gets_its_answer(path):
    server = LiveServer(path, lambda question: f"you asked {question}".encode())
    assert ask(path, "picture door") == b"you asked picture door"
    assert ask_picture(path, "door") == b"you asked picture door"
    server.close()
    assert ask(path, "picture door") == b""


def test_a_counter_that_does_not_run_has_no_state(path):
    assert ask_state(path) is None


def test_a_socket_left_by_a_dead_counter_is_replaced(path):
    LiveServer(path, lambda q: b"old")._socket.close()
    server = LiveServer(path, lambda q: b'{"cameras": {}}')
    assert ask_state(path) == {"cameras": {}}
    server.close()


def test_a_bad_question_does_not_end_the_answering(path):
    def answer(question):
        if question == "bad":
            raise ValueError(question)
        return b"good"

    server = LiveServer(path, answer)
    assert ask(path, "bad") == b""
    assert ask(path, "x" * 5000) in (b"good", b"")
    assert ask(path, "good") == b"good"
    server.close()


def test_only_the_boxs_own_user_may_ask(path):
    server = LiveServer(path, lambda q: b"")
    assert path.stat().st_mode & 0o077 == 0
    server.close()
