"""What is really there: a cloud's own answers, as the typed resources that a stack export holds.

Which calls are made, and which property each part of an answer becomes, are tables; nothing here imports a cloud's SDK
before it is asked to call that cloud.
"""
