"""Replaces one section of a document, between marker comments; adds it at the end when it is not there yet."""
import os

HEAD = "# Benchmarks\n\nEach section is written by the command it names; do not edit between the markers.\n"


def replace(path, title, body):
    word = title.lower().replace(" ", "-")
    begin, end = f"<!-- begin {word} -->", f"<!-- end {word} -->"
    text = HEAD
    if os.path.exists(path):
        with open(path) as file:
            text = file.read()
    block = f"{begin}\n{body.strip()}\n{end}"
    if begin in text and end in text:
        text = text[:text.index(begin)] + block + text[text.index(end) + len(end):]
    else:
        text = f"{text.rstrip()}\n\n## {title}\n{block}\n"
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    draft = path + ".new"
    with open(draft, "w") as file:
        file.write(text)
    os.replace(draft, path)
