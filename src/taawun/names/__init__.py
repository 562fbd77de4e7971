"""Is this one name, across scripts? `compare` answers; `analyse` takes a name apart."""

from taawun.names.compare import KINDS, MATCH, Comparison, analyse, compare, compare_names
from taawun.names.person import Name

__all__ = ["KINDS", "MATCH", "Comparison", "Name", "analyse", "compare", "compare_names"]
