# SPDX-License-Identifier: ISC
"""The key of a text, and what a record may be called by: 7.7 and 7.8 of
FORMAT.md.
"""
import unicodedata


def points(listing):
    """The characters of a list like "0027 02B9-02BF"."""
    found = set()
    for part in listing.split():
        first, _, last = part.partition("-")
        found |= {chr(cp) for cp in range(int(first, 16), int(last or first, 16) + 1)}
    return frozenset(found)


VANISHING = points("0027 0060 00B4 00B7 02B9-02BF 02C8 02EE 055A 05F3-05F4 0621 0640 0674 "
                   "07F4-07F5 07FA 180A 2018-2019 201B 2022 2027 2032 2219 22C5 2E31 30FB "
                   "A78B-A78C A78F")
ACCENTS = points("0300-036F 0483-0489 0591-05C7 0610-061A 064B-065F 0670 06D6-06ED 0711 "
                 "0730-074A 0898-089F 08CA-08FF 1AB0-1AFF 1DC0-1DFF 20D0-20FF FE20-FE2F "
                 "10EFD-10EFF")
# Default_Ignorable_Code_Point, which Python does not know, and what 7.8 adds.
IGNORABLE = points("00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E "
                   "2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A "
                   "E0000-E0FFF")
LETTERS = {"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l",
           "ŋ": "ng", "œ": "oe", "ŧ": "t", "ƙ": "k", "ƴ": "y", "ɓ": "b", "ɔ": "o", "ɗ": "d",
           "ɛ": "e", "\u05f0": "\u05d5\u05d5", "\u05f1": "\u05d5\u05d9",
           "\u05f2": "\u05d9\u05d9", "\u06ba": "\u0646",
           "\u1824": "\u1823", "\u1826": "\u1825", "\u1833": "\u1832"}
LETTERS |= dict.fromkeys("\u0671\u0672\u0673", "\u0627")
LETTERS |= dict.fromkeys("\u06a9\u06aa", "\u0643")
LETTERS |= dict.fromkeys("\u0629\u06be\u06c1\u06c3\u06d5", "\u0647")
LETTERS |= dict.fromkeys("\u0620\u0649\u06cc\u06cd\u06d2", "\u064a")
CLASSES = {"\u0e4d": 106, "\u0ecd": 121}
# Scripts without spaces, as far as somebody's name may be in them.
SPACELESS = points("0E01-0E5B 0E81-0EDF 0F00-0FFF 1000-109F 1780-17FF 1950-19FF 1A20-1AAF "
                   "1B00-1B7F 2E80-2FDF 3005-3007 3021-3029 3031-303C 3041-312F 31A0-31BF "
                   "31F0-31FF 3400-4DBF 4E00-A4CF A980-A9FF AA60-AADF F900-FAFF FF66-FF9F "
                   "16FE0-18CFF 1AFF0-1B2FF 20000-3FFFF")


def unfolded(character):
    """Case folded and decomposed until nothing changes."""
    before, text = None, character
    while before != text:
        before, text = text, unicodedata.normalize("NFKD", text.casefold())
    return text


def ordered(word):
    """Marks in canonical order."""
    def mark_class(character):
        return CLASSES.get(character, unicodedata.combining(character))
    out, marks = [], []
    for character in word + "\0":
        if mark_class(character):
            marks.append(character)
            continue
        out += sorted(marks, key=mark_class) + [character]
        marks = []
    return "".join(out[:-1])


def letters_of(character):
    """7.8, 2: what comes of one character; None ends a word."""
    for part in "" if character in VANISHING else unfolded(character):
        category = unicodedata.category(part)
        if part in VANISHING or category == "Cf":
            continue
        if category in ("Mn", "Me"):
            if part not in IGNORABLE and part not in ACCENTS:
                yield part
        elif category == "Cc" or category[0] in "PSZ":
            yield None
        elif part not in IGNORABLE:
            yield part


def text_key(text):
    """7.8"""
    words = [""]
    for character in text:
        for part in letters_of(character):
            if part is None:
                words.append("")
            else:
                digit = unicodedata.decimal(part, None)
                words[-1] += LETTERS.get(part, part) if digit is None else str(digit)
    # Marks of Thai are in another order than NFC would have them, but compose with nothing.
    return " ".join(compose(word) for word in words if word)


def compose(word):
    """NFC of a decomposed word that keeps the order of marks of `ordered`."""
    word = ordered(word)
    composed = unicodedata.normalize("NFC", word)
    return ordered(composed) if set(word) & set(CLASSES) else composed


def joined(key):
    """The words of a key as one."""
    return text_key(key.replace(" ", ""))


def labels_of_name(name):
    """7.7: the keys of one element of `names`."""
    text, family, given = (name.get(part) for part in ("text", "family", "given"))
    found = []
    if isinstance(text, str):
        found.append(text_key(text))
    if isinstance(family, str) and isinstance(given, str):
        found += [text_key(f"{family} {given}"), text_key(f"{given} {family}")]
    found += [joined(key) for key in found]
    if isinstance(text, str) and not (isinstance(family, str) and isinstance(given, str)):
        words = found[0].split(" ")
        if 2 <= len(words) <= 4 and not set(found[0]) & SPACELESS:
            found += [joined(" ".join(words[i:] + words[:i])) for i in range(1, len(words))]
    return found


def labels(body):
    """7.7, 14: the keys of all that a record with this body may be called by."""
    found = [text_key(body[name]) for name in ("title",) if isinstance(body.get(name), str)]
    if body.get("type") == "count" and isinstance(body.get("what"), str):
        found.append(text_key(body["what"]))
    if isinstance(body.get("pseudonym"), str):
        key = text_key(body["pseudonym"])
        found += [key, joined(key)]
    names = body.get("names")
    for name in names if isinstance(names, list) else []:
        if isinstance(name, dict):
            found += labels_of_name(name)
    return set(found) - {""}
