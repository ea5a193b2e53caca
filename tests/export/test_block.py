"""The block of the page that hands out exports."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.export.races import alive, until


def page_of_exports() -> None:
    from lrviz import Race, Scenario  # noqa: PLC0415
    from lrviz.ui import exports, open_lab  # noqa: PLC0415

    exports(open_lab(Race(Scenario(steps=20), ({"optimizer": "adam"},))))


def shown(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].value
    return at


def opened() -> AppTest:
    at = AppTest.from_function(page_of_exports, default_timeout=60)
    at.session_state["take"] = True
    return shown(at.run())


def test_the_block_hands_out_what_takes_no_time():
    at = opened()
    assert [button.label for button in at.download_button] == ["Download"]
    for choice in ("csv", "json"):
        shown(at.selectbox(key="export_as").set_value(choice).run())
        assert len(at.download_button) == 1 and at.selectbox(key="export_run").options[1] == "Adam"
    shown(at.selectbox(key="export_as").set_value("webm").run())
    assert "browser" in at.markdown[0].value and not at.download_button


def test_the_block_makes_shows_progress_cancels_and_downloads():
    at = opened()
    shown(at.selectbox(key="export_as").set_value("gif").run())
    shown(at.button(key="export_make").click().run())
    job = at.session_state["export_made"].job
    until(lambda: job.process)
    process = job.process
    assert at.button(key="export_cancel") and at.get("progress")
    shown(at.button(key="export_cancel").click().run())
    until(lambda: not alive(process), 2)
    assert "Cancelled." in [caption.value for caption in at.caption]
    shown(at.selectbox(key="export_as").set_value("svg").run())
    shown(at.selectbox(key="export_panel").set_value("rate").run())
    shown(at.button(key="export_make").click().run())
    until(lambda: at.session_state["export_made"].job.state == "done")
    shown(at.run())
    assert at.download_button[0].label == "Download" and not at.get("progress")
    shown(at.selectbox(key="export_panel").set_value("loss").run())
    assert at.button(key="export_make"), "another panel is another file"
