"""`python -m vestibule`: runs the program that this package installed."""
import os
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def programs():
    """Where the program may be: where the installer noted it, in the scripts of this Python, beside the packages."""
    try:
        files = distribution("vestibule").files or []
    except PackageNotFoundError:
        files = []
    yield from (Path(file.locate()) for file in files if file.parts[-2:] == ("bin", "vestibule"))
    yield Path(sysconfig.get_path("scripts"), "vestibule")
    yield Path(__file__).parent.parent / "bin" / "vestibule"


def main():
    program = next((path for path in programs() if path.is_file()), None)
    if program is None:
        sys.exit("vestibule: the package is without its program; install it again: pip install --force-reinstall FILE")
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
