// Forms that a passkey fills in: asks the server for the question, the authenticator for the answer, and sends it. Where the
// browser knows no passkeys, they stay hidden.
const { browserSupportsWebAuthn, startAuthentication, startRegistration } = window.SimpleWebAuthnBrowser

async function ask(form) {
  const name = document.getElementById('name')
  if (form.elements.name?.type === 'hidden' && name !== null) form.elements.name.value = name.value
  const body = new URLSearchParams(new FormData(form))
  const answer = await fetch(form.dataset.question, { method: 'POST', body })
  // The page has grown old: a fresh one says what to do.
  if (!answer.ok) return location.reload()
  const run = form.dataset.passkey === 'new' ? startRegistration : startAuthentication
  form.elements.credential.value = JSON.stringify(await run({ optionsJSON: await answer.json() }))
  form.submit()
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!browserSupportsWebAuthn()) continue
  for (const part of document.querySelectorAll('[data-with-passkey]')) part.hidden = false
  form.hidden = false
  const message = form.querySelector('[data-message]')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    message.textContent = ''
    ask(form).catch(() => {
      message.textContent = message.dataset.message
    })
  })
}
