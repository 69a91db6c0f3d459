"""Whether what the registry promises was kept: log, deliveries, feed, answers and approvals, looked at from outside.

I1  every committed event is in the log once, in its departments' feed once, and arrived at each of their endpoints
I2  per endpoint and listing, versions arrive first in order; only withdrawals and suspensions overtake
I3  a repeat carries the same id and the same bytes; only a stub may take the place of what was withdrawn meanwhile
I4  nothing was sent that is not committed, not meant for the endpoint, or not what was committed to
I5  positions are 1 to n without a gap, versions too; the feed says so and says the same again
I6  the log is what was signed of it (`registry.verifying`)
I7  no answer says "listed" of what was not listed, or not any more when the question was asked
I8  whoever approves did not enter
"""
