// The page's script: whoever is signed in sees who they are by userinfo; everybody else sees a button.
// In a product of yours this is '@rolecall/sdk/browser'.
import { createBrowserRolecall, RolecallError } from '#sdk/browser.ts'

const { issuer = '', clientId = '' } = document.documentElement.dataset
const rolecall = createBrowserRolecall({ issuer, clientId, redirectUri: `${location.origin}/` })

const main = document.querySelector('main') as HTMLElement

const show = (title: string, action: string, act: () => Promise<void>): void => {
  const heading = document.createElement('h1')
  heading.textContent = title
  const button = document.createElement('button')
  button.textContent = action
  button.addEventListener('click', () => void act())
  main.replaceChildren(heading, button)
}

const begin = (): Promise<void> => rolecall.signIn({ returnTo: location.pathname })

try {
  const claims = await rolecall.start()
  if (claims === undefined) show('Newsroom', 'Sign in', begin)
  else {
    const headers = { Authorization: `Bearer ${await rolecall.accessToken()}` }
    const person = (await (await fetch(`${issuer}/oauth2/userinfo`, { headers })).json()) as { name: string }
    show(`Hello ${person.name}`, 'Sign out', () => rolecall.signOut())
  }
} catch (error) {
  if (!(error instanceof RolecallError)) throw error
  show(error.message, 'Sign in', begin)
}
