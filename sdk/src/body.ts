// Reads a body that is a form, and no more of it than such a form has.

/** A logout token is a fraction of that. */
const largest = 65_536

/** Empty where it is longer. */
export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > largest) return ''
  }
  return text
}
