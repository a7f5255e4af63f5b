"""The horizon that moves by itself: one window a turn, until stopped or at the end."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core.domain.horizons import HORIZONS

ORDER = tuple(HORIZONS)


def page() -> None:
    from modelops_core.ui.assess import horizon_playback
    from modelops_core.ui.kit import filters, state

    with state.address("assess"):
        filters.horizon()
        horizon_playback.button()


def opened(horizon: str) -> AppTest:
    shown = AppTest.from_function(page, default_timeout=60)
    shown.query_params["horizon"] = horizon
    return turned(shown)


def turned(shown: AppTest) -> AppTest:
    """After another run, which is another beat of the fragment while it plays."""
    shown.run()
    assert not shown.exception
    return shown


def press(shown: AppTest) -> AppTest:
    shown.button(key="play").click().run()
    assert not shown.exception
    return shown


def where(shown: AppTest) -> str:
    """The window that the slider shows, which the address names too."""
    named = shown.query_params["horizon"]
    assert shown.select_slider(key="horizon").value == (
        named[0] if isinstance(named, list) else named
    )
    return str(shown.select_slider(key="horizon").value)


def playing(shown: AppTest) -> bool:
    return shown.button(key="play").icon == ":material/stop:"


def test_nothing_moves_before_the_button_is_pressed():
    """A run more is no turn."""
    shown = opened("2050s")

    assert (where(turned(shown)), playing(shown)) == ("2050s", False)


def test_the_first_turn_comes_after_the_pace_not_with_the_click():
    """The click shows the window that was chosen, and a button to stop."""
    shown = press(opened("2050s"))

    assert (where(shown), playing(shown)) == ("2050s", True)


def test_each_turn_shows_the_next_window_and_the_last_one_stops():
    """No window is left out; the last one stays."""
    shown = press(opened(ORDER[0]))
    seen = [where(shown)]
    for _ in ORDER[1:]:
        seen.append(where(turned(shown)))

    assert seen == list(ORDER)
    assert playing(shown)
    assert (where(turned(shown)), playing(shown)) == (ORDER[-1], False)
    assert where(turned(shown)) == ORDER[-1]


def test_stopping_leaves_the_window_and_playing_goes_on_from_there():
    """No turn is made by the click that stops, nor by the one that starts again."""
    shown = press(turned(press(opened("2030s"))))
    stopped = where(shown)

    assert (playing(shown), where(turned(shown))) == (False, stopped)
    assert where(press(shown)) == stopped
    assert where(turned(shown)) == ORDER[ORDER.index(stopped) + 1]


@pytest.mark.parametrize("horizon", ORDER)
def test_only_from_the_end_it_begins_again(horizon):
    """Elsewhere the click stays where it is."""
    shown = press(opened(horizon))

    assert where(shown) == (ORDER[0] if horizon == ORDER[-1] else horizon)
