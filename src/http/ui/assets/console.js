// Comforts of the console; every page works without them. Copy buttons, boxes that choose a whole list, the slider of the history, / for the search.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (!button) return
  const field = document.getElementById(button.dataset.copy)
  const words = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE)
  await navigator.clipboard.writeText(field.value)
  words.nodeValue = 'Copied'
  setTimeout(() => {
    words.nodeValue = 'Copy'
  }, 1500)
})

document.addEventListener('focusin', (event) => {
  if (event.target.matches?.('[data-select-all]')) event.target.select()
})

document.addEventListener('change', (event) => {
  const name = event.target.dataset?.checkAll
  if (name === undefined) return
  for (const box of document.querySelectorAll(`[data-check="${name}"]`)) box.checked = event.target.checked
})

// The slider of the history: what it stands at is said as it moves, and shown once it is let go.
document.addEventListener('input', (event) => {
  const said = document.getElementById(event.target.dataset?.moment)
  if (!said) return
  const at = new Date(Number(event.target.value) * 1000).toISOString()
  said.value = `${at.slice(0, 16).replace('T', ' ')} UTC`
})

document.addEventListener('change', (event) => {
  if (event.target.dataset?.moment !== undefined) event.target.form.requestSubmit()
})

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest?.('input, textarea, select')) return
  const search = document.querySelector('[type="search"]')
  if (!search) return
  event.preventDefault()
  search.focus()
})

const ready = (root) => {
  for (const box of root.querySelectorAll('[data-check-all]')) box.hidden = false
  if (!navigator.clipboard) return
  for (const button of root.querySelectorAll('[data-copy]')) button.hidden = false
}
ready(document)
document.addEventListener('htmx:load', (event) => ready(event.detail.elt))
