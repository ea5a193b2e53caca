"""What a visitor may type, as `plain` and as `marked` show it: a page of its own, and its texts for the tests."""

from __future__ import annotations

# None of this is a mark that a task may have.
TYPED = (
    ":material/lock:", ":material_lock:", ":material/lock", "a:material/home:b", ":smile:", ":+1:", ":streamlit:",
    "12:30:45", ":red[a]", ":blue-background[a]", ":green-badge[a]", ":small[a]", ":shimmer[a]", ":help[a]", "::leaf",
    ":::box", ":color[a]{foreground='red'}", "a -> b", "a <- b", "a <-> b", "a -- b", "a >= b", "a <= b", "a ~= b",
    "--", "->", "# a", "#### a", "> a", "---", "***", "===",
    "+ a", "-", "1)", "1.", "[ ] a", "`a`", "``` a", "~~~ a", "    a",
    "<b>a</b>", "<img src=x onerror=alert(1)>", "<script>a</script>", "<!-- a -->", "&amp; &#58; &lt;", "a & b",
    "[a](http://b.c)", "[a](javascript:alert(1))", "![a](http://b.c/d.png)", "[a]: http://b.c", "[a][b]", "[^1]",
    "<http://a.b>", "http://a.b", "https://a.b/c?d=e", "HTTP://A.B", "www.a.b", "WWW.a.b", "a@b.c", "mailto:a@b.c",
    "*a*", "_a_", "__a__", "a_b_c", "***a***", "** a **", "**a", "~a~", "~~a~~", "==a==", "| a | b |", "\\", "\\*a\\*",
    "$ x $", "$5 and $6", "$$x$$", "$x", "$`a`$", "$a\\$", "\\$x\\$", "$\\href{http://a.b}{c}$", "$\\rule{9em}{9em}$",
    "$\\def\\a{b}$", "$[a](http://b.c) b", "`a $x` y", "{a}", "(a)", "é ü 漢 🙂", "a: b", "C:\\new",
)  # fmt: skip
# What is typed as a task -> how it stands on the page; a formula is its LaTeX in brackets.
TASKS = {
    "a\n\nb": "<p>a</p><p>b</p>",
    "a\nb": "<p>a<br>b</p>",
    "a\n===\nb\n---": "<p>a<br>===<br>b<br>---</p>",
    "a\n- b\n* c\nd": "<p>a</p><ul><li>b</li><li>c</li></ul><p>d</p>",
    "2. a\n3) # b\n1984. c": "<ol><li>a</li><li># b</li></ol><p>1984. c</p>",
    "- - a\n- 1. b": "<ul><li>- a</li><li>1. b</li></ul>",
    "**a** b**c**d": "<p><strong>a</strong> b<strong>c</strong>d</p>",
    "a**(b)**c **<i>**": "<p>a<strong>(b)</strong>c <strong>&lt;i&gt;</strong></p>",
    "**:material/lock:** **http://a.b**": "<p><strong>:material/lock:</strong> <strong>http://a.b</strong></p>",
    "a\n    b\n\n    c": "<p>a<br>b</p><p>c</p>",
    "a $x_1$, **$y$**": "<p>a [x_1], <strong>[y]</strong></p>",
    "$**a** [b](http://c.d)$": "<p>[**a** [b](http://c.d)]</p>",
}

if __name__ == "__main__":
    import streamlit as st

    from lrviz import ui

    st.markdown(":material/lock: :smile: -> $x$ http://a.b")
    for key, texts in (("plain", TYPED), ("marked", TYPED), ("task", TASKS)):
        for i, text in enumerate(texts):
            with st.container(key=f"{key}_{i}"):
                st.markdown(ui.plain(text) if key == "plain" else ui.marked(text))
