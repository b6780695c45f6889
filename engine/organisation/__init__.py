"""People, units and posts with their dates, and who a task falls to.

The map: ``people`` (who works here, the acting person), ``passwords`` (sign-in), ``sessions`` (on which devices),
``units``, ``posts``, ``assignments``, ``absences``, ``delegations``, ``calendars`` (the verbs; each asks who acts,
and tells ``journal`` what it changed);
``employments``, ``headcounts`` (the employee register, and how many a store may employ in a post);
``snapshot`` (the whole organisation in memory, kept until it changes);
``oversight`` (what is within a manager's unit), ``superiors`` (who stands above whom), ``resolvers`` (line, superior,
holders), ``resolution`` (from the value of an assignment expression to the person, in the order that the rules
demand), ``functions`` and ``register_functions`` (what diagrams may call).
"""
