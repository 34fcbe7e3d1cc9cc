"""What a word means."""


def is_open(word):
    return word.lower() == "any"
