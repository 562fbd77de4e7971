"""Keys under which two parties meet who hold one name in two scripts: equal bytes, or no meeting.

    meeting_keys(name, kind)    the parts of a name, each with its key and what it tells
    scheme_digest()             what both sides must share for equal names to give equal keys

Unlike `keys` (a net that lets much through, for comparing afterwards), nothing can be compared
afterwards here: where a name is asked for privately, only equality is seen. The keys are therefore
made so that every usual spelling of a name, in any script, gives the same one.
"""

from taawun.names.meeting.digest import SCHEME, scheme_digest
from taawun.names.meeting.keyed import meeting_keys
from taawun.names.meeting.parts import Key, Keyed

__all__ = ["SCHEME", "Key", "Keyed", "meeting_keys", "scheme_digest"]
