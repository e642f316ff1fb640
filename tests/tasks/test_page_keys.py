from gleanery.tasks.page_keys import address_key, text_key


def test_spellings_of_one_address_have_one_key() -> None:
    one = address_key("https://course.example/sheet?id=4")
    assert one == address_key("HTTP://Course.example:80/sheet?id=4&utm_source=mail#top")
    assert one != address_key("https://course.example/sheet?id=5")


def test_white_space_does_not_make_another_text_but_a_word_does() -> None:
    assert text_key("A car\n\ndrives  60 km.") == text_key(" A car drives 60 km.\n")
    assert text_key("A car drives 60 km.") != text_key("A car drives 61 km.")
