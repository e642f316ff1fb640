import pytest

from gleanery.tasks.recall.licences import licence_name
from gleanery.tasks.release.licences import (
    FAMILIES,
    LICENCES,
    canonical_licence,
    family_of,
    labels_of,
)

CC = "https://creativecommons.org"


@pytest.mark.parametrize(
    ("declared", "name", "family"),
    [
        ("CC BY 4.0", "CC-BY-4.0", "permissive"),
        ("CC BY-SA 3.0", "CC-BY-SA-3.0", "share-alike"),
        ("CC BY-NC-SA 2.5", "CC-BY-NC-SA-2.5", "non-commercial"),
        ("CC BY-ND-NC 1.0", "CC-BY-NC-ND-1.0", "no-derivatives"),
        ("CC BY-SA", "CC-BY-SA", "share-alike"),
        ("CC SA 1.0", "CC-SA-1.0", "share-alike"),
        ("CC BY 7.1", "CC-BY", "permissive"),
        ("cc-by-nc-4.0", "CC-BY-NC-4.0", "non-commercial"),
        (f"{CC}/licenses/by-sa/4.0/deed.de", "CC-BY-SA-4.0", "share-alike"),
        (
            "Creative Commons Attribution-ShareAlike 4.0 International",
            "CC-BY-SA-4.0",
            "share-alike",
        ),
        (
            "Creative Commons Attribution NonCommercial No Derivatives 3.0",
            "CC-BY-NC-ND-3.0",
            "no-derivatives",
        ),
        ("CC0 1.0", "CC0-1.0", "permissive"),
        (f"{CC}/publicdomain/zero/1.0/", "CC0-1.0", "permissive"),
        ("Public domain", "public-domain", "permissive"),
        (f"{CC}/publicdomain/mark/1.0/", "public-domain", "permissive"),
        ("https://opensource.org/licenses/MIT", "MIT", "permissive"),
        ("MIT", "MIT", "permissive"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0", "permissive"),
        ("https://opensource.org/licenses/BSD-3-Clause", "BSD", "permissive"),
        ("https://www.gnu.org/copyleft/fdl.html", "GFDL", "share-alike"),
        ("GNU Free Documentation License 1.3", "GFDL", "share-alike"),
        ("https://www.gnu.org/licenses/gpl-3.0.html", "GPL", "share-alike"),
        ("https://www.gnu.org/licenses/agpl-3.0.html", "AGPL", "share-alike"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL", "share-alike"),
        ("© 2019 Example Press. All Rights Reserved.", "all-rights-reserved", "reserved"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "all-rights-reserved", "reserved"),
    ],
)
def test_declared_licence_has_one_name_and_family(declared: str, name: str, family: str) -> None:
    assert canonical_licence(declared) == name
    assert family_of(name) == family


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "https://example.org/terms",
        "https://ocw.mit.edu/terms",
        "creative commons",
        "CC SAMPLING+ 1.0",
        "CC NC-SAMPLING+ 1.0",
        "CC DEVNATIONS 2.0",
        "some rights reserved",
        "success by sarah",
    ],
)
def test_what_is_not_recognised_is_unknown_and_never_guessed(declared: str) -> None:
    assert canonical_licence(declared) == "unknown"


def test_of_several_licences_the_one_that_allows_least_is_meant() -> None:
    assert canonical_licence("Text CC BY 4.0, code MIT") == "CC-BY-4.0"
    assert canonical_licence("CC BY-SA 4.0 or GFDL, images CC BY-NC 2.0") == "CC-BY-NC-2.0"
    assert canonical_licence("CC BY 4.0. Logos: all rights reserved") == "all-rights-reserved"


@pytest.mark.parametrize("kind", ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"])
@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0"])
def test_whatever_recall_writes_of_creative_commons_is_understood(kind: str, version: str) -> None:
    written = licence_name(f"http://creativecommons.org/licenses/{kind}/{version}/")
    assert canonical_licence(written) == f"CC-{kind.upper()}-{version}"


@pytest.mark.parametrize("name", sorted(LICENCES))
def test_canonical_name_is_its_own_name(name: str) -> None:
    assert canonical_licence(name) == name
    assert family_of(name) in FAMILIES


def test_recipe_may_name_licence_version_less_licence_or_family() -> None:
    assert labels_of("CC-BY-SA-4.0") == {"CC-BY-SA-4.0", "CC-BY-SA", "share-alike"}
    assert labels_of("CC0-1.0") == {"CC0-1.0", "permissive"}
    assert labels_of("unknown") == {"unknown"}
