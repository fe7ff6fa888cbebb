// A file that is made while it is sent, so that its size does not matter.

/**
 * The first part is waited for, so that what cannot be made at all is refused in the usual way.
 * @param name as the browser saves it: ASCII letters, digits, `-` and `.` alone
 * @throws whatever making the first part does
 */
export async function download(
  parts: AsyncGenerator<string>,
  { type, name }: { type: string; name: string },
): Promise<Response> {
  const encoder = new TextEncoder()
  let next: IteratorResult<string> | undefined = await parts.next()
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = next ?? (await parts.next())
      next = undefined
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
