// Sends a form that needs nobody's decision. Without scripts its button does the same.
for (const form of document.querySelectorAll('form[data-submit-at-once]')) form.submit()
