"""Pages that differ in what a page can be: formulas, code, tables, lists, markup, a forum."""

from collections.abc import Iterator
from pathlib import Path

from chaos_corpus import exercise_text, pack_record

FORMULAS = """
<h1>Roots and powers</h1>
<p>Exercise 1. Solve the equation
<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mn>49</mn></math> for positive x.</p>
<p>Solution. The positive root is <script type="math/tex">x = \\sqrt{49} = 7</script>.</p>
<p>Exercise 2. What is <img alt="$2^5$" src="p.png"> in decimal notation?</p>
<p>Solution. Doubling five times gives 32 in decimal notation.</p>
"""
CODE = """
<h1>Loops in Python</h1>
<p>Exercise 1. What does this program print when it is run?</p>
<pre><code>total = 0
for number in range(4):
    total += number
print(total)</code></pre>
<p>Exercise 2. How many times does the body of that loop run in all?</p>
<p>Solution. The body of the loop runs 4 times, once for each number below 4.</p>
"""
TABLE = """
<h1>Masses of the elements</h1>
<table><tr><th>Element</th><th>Mass</th></tr><tr><td>Carbon</td><td>12</td></tr>
<tr><td>Oxygen</td><td>16</td></tr></table>
<p>Exercise 1. How heavy is a mole of carbon dioxide, with the masses of the list?</p>
<p>Solution. One carbon and two oxygens weigh 12 + 2 * 16 = 44 grams per mole.</p>
<ul><li>Read the masses.</li><li>Add them up.</li></ul>
"""
MARKUP = """
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "FAQPage",
"mainEntity": [{"@type": "Question", "name": "Why does ice float on water?", "acceptedAnswer":
{"@type": "Answer", "text": "Ice is less dense than liquid water, so it floats."}}]}</script>
<h1>Exercises on water, each with its solution</h1><p>Why does ice float on water?</p>
<p>Ice is less dense than liquid water, so it floats.</p>
"""
FORUM = """
<div class="post"><b>lena</b><p>Exercise 1. Is the number 91 a prime or is it composite?</p></div>
<div class="post"><b>tomk</b><p>Solution. It is composite, because 7 times 13 is 91.</p></div>
<div class="post"><b>lena</b><p>Thanks, that solution helped with my exercise sheet.</p></div>
"""


def pages() -> Iterator[tuple[str, str]]:
    """Yield addresses and bodies; each ends with exercises that the classifier knows."""
    for number, body in enumerate((FORMULAS, CODE, TABLE, MARKUP, FORUM), start=300):
        known = "".join(f"<p>{line}</p>" for line in exercise_text(number))
        yield f"https://variety.example/sheet/{number}", body + known


def write_variety(folder: Path) -> Path:
    """Write the pages as an archive, the first of them twice and one of them empty."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(pages())
    address, body = found[0]
    found += [
        (f"{address}?utm_source=mail", body),
        ("https://variety.example/sheet/empty", "<p></p>"),
    ]
    path = folder / "variety.warc.gz"
    path.write_bytes(b"".join(pack_record(url, url[-8:], body) for url, body in found))
    return path
