const REACH = 160
/** Operators, calls and empty brackets that prose and logs hardly have. */
const SIGNS =
  /=>|[!=]==?|&&|\|\||\+=|\(\)|::[A-Za-z_]|\b(?:self|this)\.\w|[A-Za-z_]\w*\((?!s\))|^\s*[})\]]|^\s*(?:from\s+[\w.]+\s+import\b|import\s+[\w.]+\s*(?:as\b|[;,]|$))/
/** A statement begins so, and has a bracket, a colon at its end or an assignment. */
const STATEMENT =
  /^\s*(?:(?:import|from|const|let|var|val|return|def|class|if|elif|else|for|foreach|while|try|except|catch|raise|throw|await|async|export|function|fn|func|public|private|protected|static|package|use|using|assert|with|yield|del|case|switch|new|type|interface|print|expect)\b|@\w|\$\w+\s*=|#include|[\w.[\]]+ (?:[-+*/|&]?=|:=) )/
const PUNCTUATION = /[({[=;]|:\s*$/
const QUOTES = '"\'`'

/** Whether a bare name stands in a line of a program, outside of its strings. Looks 160 characters to both sides at most. */
export function isInCodeLine(text: string, start: number, end: number): boolean {
  if (QUOTES.includes(text.charAt(start - 1)) && QUOTES.includes(text.charAt(end))) return false
  const before = text.slice(Math.max(0, start - REACH), start)
  const head = before.slice(before.lastIndexOf('\n') + 1)
  const behind = text.slice(end, end + REACH)
  const line = head + text.slice(start, end) + (behind.split('\n', 1)[0] ?? '')
  return SIGNS.test(line) || (STATEMENT.test(line) && PUNCTUATION.test(line))
}
