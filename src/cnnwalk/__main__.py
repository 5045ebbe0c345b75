"""``python -m cnnwalk``."""

from cnnwalk.cli import main

if __name__ == "__main__":
    main()
