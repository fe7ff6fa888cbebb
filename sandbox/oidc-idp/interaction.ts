// The sign-in page of the emulated OpenID provider.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InteractionResults, Provider } from 'oidc-provider'
import { escapeHtml, htmlPage, type Page, signInPage } from '../sign-in/page.ts'
import { findPerson, type Person } from '../sign-in/person.ts'

export type Interaction = { provider: Provider; name: string; people: readonly Person[] }

/** Shows the page, or takes the choice and goes on. */
export async function answerInteraction(
  { provider, name, people }: Interaction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const interaction = await provider.interactionDetails(request, response)
    const { uid } = interaction
    if (request.method !== 'POST') {
      const action = `/interaction/${uid}`
      send(response, 200, signInPage({ provider: name, people, action, fields: {}, isRefusable: true }))
      return
    }
    const chosen = (await formOf(request)).get('person') ?? ''
    const result: InteractionResults =
      chosen === ''
        ? { error: 'access_denied', error_description: 'The person did not sign in' }
        : { login: { accountId: findPerson(people, chosen).id, amr: ['pwd'] } }
    if (result.login !== undefined) await makeRoomFor(result.login.accountId, interaction, provider)
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    send(response, 400, htmlPage('This request is not answered', `<p>${escapeHtml(message)}</p>`))
  }
}

type Begun = Awaited<ReturnType<Provider['interactionDetails']>>

/**
 * Somebody else signs in at a browser where one person is: their session ends here and the applications are not told, as where
 * two people share a browser. So whoever tries a sign-in as another person stays signed in at Rolecall.
 */
async function makeRoomFor(accountId: string, interaction: Begun, { Session }: Provider): Promise<void> {
  const { session } = interaction
  if (session?.accountId === undefined || session.accountId === accountId) return
  const stored = await Session.findByUid(session.uid)
  await stored?.destroy()
  delete interaction.session
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // node:http yields Buffers unless an encoding is set
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, page.headers)
  response.end(page.html)
}
