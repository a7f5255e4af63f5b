"""Korean particles follow the last sound of the word before them."""

from __future__ import annotations

import pytest

from modelops_core.domain.korean import particles


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("본점을(를) 저장", "본점을 저장"),
        ("‘부산 물류’을(를) 저장", "‘부산 물류’를 저장"),
        ("**평택 공장**을(를)", "**평택 공장**을"),
        ("태풍은(는)", "태풍은"),
        ("산불이(가) 가뭄과(와) 한파과(와)", "산불이 가뭄과 한파와"),
        ("서울(으)로 목록(으)로 지도(으)로", "서울로 목록으로 지도로"),
        ("2030년대은(는)", "2030년대는"),
        ("10은(는) 2은(는) 7(으)로", "10은 2는 7로"),
        ("3은(는) 6이(가) 8(으)로 9과(와)", "3은 6이 8로 9와"),
        ("RX1DAY은(는) AAL은(는) FWI이(가)", "RX1DAY는 AAL은 FWI가"),
        ("5 %을(를)", "5 %를"),
        ("factory은(는) Busan은(는)", "factory는 Busan은"),
    ],
)
def test_the_form_follows_the_sound(text, said):
    """Hangul, digits, letters that are spelt and words, through quotes and mark-up."""
    assert particles.placed(text) == said


@pytest.mark.parametrize("text", ["?을(를)", "을(를)", "日本은(는)"])
def test_what_nobody_can_say_keeps_both(text):
    """A wrong particle is worse than two."""
    assert particles.placed(text) == text
