"""Whatever is typed is read by the lab's own rules, and never by Python's: a formula, or one sentence."""

from __future__ import annotations

import builtins
import re
import sys

import numpy as np
import pytest

from lrviz.formula import LONGEST, expression, read, reading
from lrviz.knob import BadInput
from tests.formulas import EVIL, hostile


@pytest.fixture
def watched(monkeypatch):
    """What Python was asked to compile, run, import or open since; an audit hook stays for good, so it can be off."""
    seen: list[tuple[str, object]] = []
    on = [True]

    def hook(event, args):
        if on[0] and event in ("compile", "exec", "import", "open", "os.system", "subprocess.Popen"):
            seen.append((event, args[0] if args else None))

    for name in ("eval", "exec", "__import__"):
        own = getattr(builtins, name)
        monkeypatch.setattr(
            builtins, name, lambda *a, own=own, name=name, **k: (seen.append((name, a[0])), own(*a, **k))[1]
        )
    sys.addaudithook(hook)
    yield seen
    on[0] = False


def test_five_thousand_texts_are_formulas_or_sentences_and_are_never_run(watched):
    read("x^2")  # what is loaded at the first time is loaded
    del watched[:]
    good = 0
    for text in hostile(5000):
        try:
            read(text)
            good += 1
        except BadInput as wrong:
            sentence = str(wrong)
            assert sentence.endswith(".") and sentence.isprintable() and len(sentence) < 400, (text, sentence)
    assert 0 < good < 1000
    parsed = [source for event, source in watched if event == "compile"]
    assert {event for event, _ in watched} <= {"compile"}  # and that one by ast.parse alone, which makes a tree
    assert parsed and all(re.fullmatch(r"[a-z0-9+\-*/(),.]*", str(as_text(source))) for source in parsed)


def as_text(source):
    return source.decode() if isinstance(source, bytes) else source


def test_the_watch_sees_what_python_runs(watched):
    eval("1 + 1")
    assert {"compile", "exec", "eval"} <= {event for event, _ in watched}


@pytest.mark.parametrize("text", EVIL, ids=lambda text: repr(text[:20]))
def test_each_of_these_is_refused(text):
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("x + foo(y)", 5, "foo"), ("2*x + 3y", 8, "such as *."), ("x^2 + ", 5, "missing"), ("x + * y", 3, "missing"),
        ("(x + y", 6, "not closed"), ("x + y)", 6, "never opened"), ("х + y", 1, "cyrillic"), ("x² + y", 2, "^2"),
        ("sin x", 1, "brackets"), ("max(x)", 1, "two values"), ("x + 9^9^9", 5, "finite"), ("x = 3", 3, "'='"),
        ("sin(x, y)", 1, "one value"), ("x + Y", 5, "is y meant"), ("x + 1e13", 5, "largest"), ("x, y", 1, "comma"),
        ("x  y", 4, "writes + as %2B"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_place(text, at, word):
    with pytest.raises(BadInput, match=f"at character {at}: ") as wrong:
        read(text)
    assert word in str(wrong.value)


def test_as_long_and_as_deep_as_is_allowed():
    assert read("x" + "+x" * ((LONGEST - 1) // 2)).uses == {"x"}
    assert read("(" * reading.DEEPEST + "x" + ")" * reading.DEEPEST).text == "x"
    assert read("-" * (LONGEST - 1) + "x").uses == {"x"}
    with pytest.raises(BadInput, match=f"may have {LONGEST}"):
        read("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-x^2", -9), ("2^-x", 0.125), ("2^x^2", 512), ("-2^-x*8", -1), ("x/y/2", 0.75), ("x-y-1", 0), ("x-(y-1)", 2),
        ("x**2", 9), ("ln(e^x)", 3), ("arctan(tan(1))+0*x", 1), ("max(x,y,7)", 7), ("+x", 3), ("1.5e1+.5*x+2.", 18.5),
        ("x ^ 0.5 ^ 2", 3**0.25), ("- - x", 3),
    ],
)  # fmt: skip
def test_precedence_is_that_of_books(text, value):
    assert float(read(text)((3.0, 2.0), (1, 1))) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["x-(y-1)", "x/(y*2)/3", "(-x)^2", "-x^2", "(x^2)^3", "2^(x^2)", "a-(b-(x-y))", "x*-y"]
)
def test_the_same_text_is_the_same_tree(text):
    """Programs that are compiled go by it."""
    again = read(text).text
    assert read(again).text == again
    at = np.array([1.3, -0.7]), np.array([0.4, 2.0])
    assert float(read(again)(*at)) == float(read(text)(*at))
    assert read(f" {text.replace('^', '**')} ").text == again


def test_equal_parts_are_one_and_derivatives_stay_short():
    """A product of a hundred factors has derivatives of a hundred terms of a hundred factors, were each written out."""
    formula = read("*".join("xy"[i % 2] for i in range(100)))
    assert len(expression.ordered([formula.root, *formula.gradient, *formula.hessian])) < 3000
