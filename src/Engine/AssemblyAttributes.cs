// What is allocated on the stack here is written before it is read: clearing the room for an address-of-record would
// take longer than writing it.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
