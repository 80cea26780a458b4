"""The button that installs a fetched update: only from the page itself, and only when something was fetched."""

import pytest

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def fetched(folder):
    folder.updates.mkdir()
    (folder.updates / "tallybox-0.2.0-pi4.raucb").touch()
    return folder


def test_without_a_fetched_update_there_is_no_button(folder, open_page):
    assert b"Install it now" not in open_page(folder).get("/box").data


def test_the_button_asks_once_and_the_page_says_so(fetched, open_page):
    page = open_page(fetched)
    assert b"Install it now" in page.get("/box").data
    answer = page.post("/update", headers=HERE)
    assert (answer.status_code, answer.location) == (303, "/box")
    assert fetched.update_asked_for.exists()
    told = page.get("/box").data
    assert b"It was asked for" in told
    assert b"Install it now" not in told


def test_the_page_lets_the_browser_name_its_origin(fetched, open_page):
    assert open_page(fetched).get("/box").headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}])
def test_another_site_s_form_is_refused(fetched, open_page, headers):
    assert open_page(fetched).post("/update", headers=headers).status_code == 403
    assert not fetched.update_asked_for.exists()


def test_whoever_has_no_code_is_asked_for_it(fetched, open_page):
    assert open_page(fetched, "0.0.0.0").post("/update", headers=HERE).status_code == 401
    assert not fetched.update_asked_for.exists()


def test_nothing_fetched_is_one_sentence(folder, open_page):
    assert open_page(folder).post("/update", headers=HERE).status_code == 503


def test_a_link_can_t_press_the_button(fetched, open_page):
    assert open_page(fetched).get("/update").status_code == 405
