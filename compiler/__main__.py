"""`python -m compiler` is `formwork`."""

import sys

from compiler.cli import main

sys.exit(main())
