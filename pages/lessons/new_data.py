"""Lesson 8: what the rate, the batch size and a stop do to the loss on rows that were not trained on."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("new_data")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say("Solid lines are the rows that train, dashed lines those that it has not seen: **val_loss**.")
    ui.presets(page)
with page.step("happened"):
    ui.what_the_seeds_say(page)
with page.step("why"):
    ui.say("What counts is the loss on new rows. It is the loss on its own rows, and the gap between both:")
    st.latex(r"\text{val\_loss} = \text{loss} + \text{gap}")
    ui.say(
        "In as many steps a larger rate gets further. With few rows that is too far: the loss falls on, because the"
        " network memorizes the noise of its own rows, and the gap grows. This is **overfitting**. An early stop"
        " ends it before."
    )
    ui.say(
        "Does the rate also choose *where* to? For that compare at an equal loss. Large steps with few rows each are"
        " thrown about, and end at other places than small ones. On this data that does not help."
    )
    ui.say(
        "**If you train:** never trust one seed. Train both ways with the same seeds, and count how often each is"
        " better. Near one half you do not know yet. And all of this is one data set: yours may say something else."
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
