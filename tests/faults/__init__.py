"""The fault run: matters go their way while processes are killed, broker and database restarted (`make faults`).

``python -m tests.faults --seed 1 --matters 300 --setups embedded,redis,rabbitmq`` prints its counts as JSON; the exit
code says whether every matter ended as it should.
"""
