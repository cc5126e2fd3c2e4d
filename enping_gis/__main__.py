"""Run ``python -m enping_gis``."""

import sys

from enping_gis.cli import main

sys.exit(main())
