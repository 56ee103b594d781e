-- The codes of errors by their names. Mirror of compiler/src/diag/codes, of which only the numbers are
-- needed here; the codes that `check` and `parse/recovery` alone give are left out.

return {
  -- Reading characters.
  SourceTooLarge = "L0001",
  MalformedNumber = "L0002",
  UnfinishedString = "L0003",
  UnfinishedLongBracket = "L0004",
  InvalidEscape = "L0005",
  InvalidLongBracket = "L0006",
  -- The grammar.
  UnexpectedToken = "L0101",
  Expected = "L0102",
  Unclosed = "L0103",
  NotAStatement = "L0104",
  VarargOutside = "L0105",
  UnknownAttribute = "L0106",
  MultipleToClose = "L0107",
  TooDeep = "L0108",
  -- Names, scopes and jumps.
  AssignToConst = "L0301",
  BreakOutsideLoop = "L0302",
  UndefinedLabel = "L0303",
  DuplicateLabel = "L0304",
  JumpIntoScope = "L0305",
  -- Limits of the compiler, which are PUC Lua's.
  TooManyLocals = "L0401",
  TooManyUpvalues = "L0402",
  TooManyRegisters = "L0403",
  TooLarge = "L0404",
  -- Luka's extensions.
  MalformedExtension = "L0601",
  CannotLeave = "L0602",
  NotDeclared = "L0603",
  ContinueOutsideLoop = "L0604",
  ContinueSkipsLocal = "L0605",
  OptionalTarget = "L0606",
}
