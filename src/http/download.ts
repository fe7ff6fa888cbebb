// A file that is made while it is sent, so that its size does not matter.

/** @param name as the browser saves it: ASCII letters, digits, `-` and `.` alone */
export function download(parts: AsyncGenerator<string>, { type, name }: { type: string; name: string }): Response {
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await parts.next()
      if (done === true) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => {
      await parts.return(undefined)
    },
  })
  return new Response(stream, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name.replaceAll(/[^A-Za-z0-9.-]/g, '-')}"`,
      'Cache-Control': 'no-store',
    },
  })
}
