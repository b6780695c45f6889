"""``python -m banli`` is ``banli``."""

from banli.cli import main

if __name__ == "__main__":
    main(prog_name="banli")
