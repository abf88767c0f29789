"""Sections of a document that commands write: each replaces what is between its own marker comments and nothing else."""
import os

HEAD = "# Benchmarks\n\nEach section is written by the command it names; do not edit between the markers. What stands outside of them stays.\n"


def markers(title):
    word = title.lower().replace(" ", "-")
    return f"<!-- begin {word} -->", f"<!-- end {word} -->"


def replace(path, title, body):
    """Added at the end when it is not there yet."""
    begin, end = markers(title)
    text = HEAD
    if os.path.exists(path):
        with open(path) as file:
            text = file.read()
    block = f"{begin}\n{body.strip()}\n{end}"
    if begin in text and end in text:
        text = text[:text.index(begin)] + block + text[text.index(end) + len(end):]
    else:
        text = f"{text.rstrip()}\n\n## {title}\n{block}\n"
    store(path, text)


def keep(path, title, heading, placeholder):
    """A part behind a section that people write: made when it is not there, and never touched again."""
    with open(path) as file:
        text = file.read()
    if heading not in text:
        end = markers(title)[1]
        store(path, text.replace(end, f"{end}\n\n{heading}\n\n{placeholder}\n"))


def store(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    draft = path + ".new"
    with open(draft, "w") as file:
        file.write(text)
    os.replace(draft, path)
