import pytest

from gleanery.tasks.taxonomy.review_names import bag_of_words, node_key, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Visual arts", "VISUAL ART"),
        ("Stochastic process", "Stochastic processes"),
        ("Media & communication", "Communication and media"),
        ("Criminology/Penology", "Penology, criminology"),
        ("History of music", "Music history"),
        ("History of the art of war", "War art history"),
        ("Women's studies", "Womens study"),
        ("Économie", "Economie"),
        ("Study of the policies", "Policy studies"),
        ("Естественные  науки", "естественные науки"),
    ],
)
def test_names_that_say_the_same_share_a_key(one: str, other: str) -> None:
    assert node_key(one) == node_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Philosophy of history", "History of philosophy"),
        ("Economics", "Economic history"),
        ("Physics", "Physic gardens"),
        ("Computer vision", "Vision computer"),
        ("数学", "数学史"),
    ],
)
def test_names_that_say_something_else_do_not(one: str, other: str) -> None:
    assert node_key(one) != node_key(other)


def test_word_order_is_set_aside_in_the_bag_of_words() -> None:
    assert bag_of_words("Physics, computational") == bag_of_words("Computational physics")


@pytest.mark.parametrize(
    "word", ["physics", "gas", "analysis", "glass", "news", "species", "virus"]
)
def test_word_that_only_looks_like_a_plural_stays(word: str) -> None:
    assert words_of(word) == (word,)


def test_name_of_small_words_alone_keeps_them() -> None:
    assert words_of("The And") == ("the", "and")
