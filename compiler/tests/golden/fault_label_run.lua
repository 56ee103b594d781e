::a:: ; ::a:: ::b
print(1)
