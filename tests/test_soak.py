"""What a soak came to is read from the test runner's record."""

from xml.etree import ElementTree

from benchmarks.soak import figures

RECORD = """<testsuites><testsuite>
<testcase name="a" time="30.0"><properties>
  <property name="kill" value='{"site": "hamar", "created": 5, "seconds": 20, "converged": true, "strays": 0}'/>
</properties></testcase>
<testcase name="b" time="31.2"><properties>
  <property name="kill" value='{"site": "hamar", "created": 1, "seconds": 30, "converged": false, "strays": 2}'/>
</properties><failure/></testcase>
</testsuite></testsuites>"""


def test_kills_are_summed_up_for_each_site():
    assert figures(ElementTree.fromstring(RECORD)) == {  # noqa: S314  the text above
        "tests": 2,
        "failed": 1,
        "seconds": 61,
        "kills": {
            "hamar": {
                "killed after so many creations": [1, 5],
                "converged": 1,
                "strays": 2,
                "median seconds of the recovery": 25.0,
            }
        },
    }
