"""An operator over fabric8's client for Java, with a Lease: one virtual hour, one digest."""
import os, shutil

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    """Built by Maven once for each state of the sources; the scenario runs it in target/."""
    tools.need("java"), tools.need("mvn")
    folder = os.path.join(tools.CACHE, "java-websites")
    sources = [os.path.join(HERE, "pom.xml")]
    for base, _, names in os.walk(os.path.join(HERE, "src")):
        sources += [os.path.join(base, name) for name in names]
    state = "\n".join(open(source).read() for source in sorted(sources))
    mark = os.path.join(folder, "state.txt")
    if not os.path.exists(mark) or open(mark).read() != state:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copy(os.path.join(HERE, "pom.xml"), folder)
        shutil.copytree(os.path.join(HERE, "src"), os.path.join(folder, "src"))
        tools.run(["mvn", "-q", "-B", "compile"], cwd=folder)
        with open(mark, "w") as file:
            file.write(state)
    return []


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
