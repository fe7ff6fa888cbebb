// What providers say where the person turned back: a choice of theirs, as opposed to a rule that keeps them out. Both come by the
// same codes, so the words decide, and what only mentions something cancelled is a refusal.

const who = `(?:end[- ]?user|user|resource owner|person|you)`
const turned = `(?:cancell?ed|declined|denied|rejected|refused|aborted|(?:did not|didn't|chose not to) (?:authori[sz]e|consent|grant|approve|allow|accept))`
const what = `(?:the )?(?:sign[- ]?in|log[- ]?in|login|authori[sz]ation|authentication|operation|request|consent|flow)`

const sentences: readonly RegExp[] = [
  new RegExp(String.raw`\b${who}(?: has| have)? ${turned}\b`, 'i'),
  new RegExp(String.raw`\b(?:cancell?ed|declined|denied|rejected|refused|aborted) by (?:the )?${who}\b`, 'i'),
  // Nothing but that: "Login cancelled", "The operation was canceled."
  new RegExp(String.raw`^\W*(?:${what}(?: flow| process)? )?(?:was |has been |is )?cancell?ed\W*$`, 'i'),
  /\buser_(?:cancell?ed|denied|declined)/i,
]

/** Codes of Entra that mean nothing else. */
const codes = /AADSTS65004|AADB2C90091/

/** "User denied by policy" is no choice of the person. */
const rules = /\b(?:rules?|polic(?:y|ies)|admin\w*|subscription|licen[cs]es?|account)\b/i

export const saysTurnedBack = (words: string): boolean =>
  codes.test(words) || (!rules.test(words) && sentences.some((sentence) => sentence.test(words)))
