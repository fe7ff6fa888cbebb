// Forma impersonale, senza «tu» né «Lei» dove si può.
import type { en } from './en.ts'

export const it = {
  'frame.skip': 'Vai al contenuto',
  'frame.optional': '(facoltativo)',
  'frame.reference': 'Riferimento',
  'frame.about': 'Informazioni sul servizio',
  'frame.help': 'Aiuto',
  'frame.privacy': 'Privacy',
  'frame.terms': 'Condizioni d’uso',
  'frame.support': 'Assistenza: {contact}',
  'frame.continue': 'Continua',
  'frame.signIn': 'Accedi',
  'frame.backToSignIn': 'Torna all’accesso',
  'frame.askForAccess': 'Richiedi l’accesso',
  'fault.invalid.title': 'Qualcosa non ha funzionato',
  'fault.invalid.advice':
    'La richiesta non è come ce l’aspettiamo. Tornare indietro, controllare i dati inseriti e riprovare.',
  'fault.unauthenticated.title': 'È necessario accedere',
  'fault.unauthenticated.advice': 'L’accesso non è stato effettuato o la sessione è terminata. Accedere e riprovare.',
  'fault.forbidden.title': 'Accesso non consentito',
  'fault.forbidden.advice': 'Se serve per il lavoro, rivolgersi a un amministratore della propria organizzazione.',
  'fault.not_found.title': 'Qui non c’è nulla',
  'fault.not_found.advice':
    'Il link potrebbe essere vecchio o errato. Controllare l’indirizzo o tornare alla pagina precedente.',
  'fault.conflict.title': 'Già in uso',
  'fault.conflict.advice':
    'I dati inseriti sono in conflitto con qualcosa che esiste già. Tornare indietro e scegliere altro.',
  'fault.precondition_failed.title': 'Qualcuno è stato più veloce',
  'fault.precondition_failed.advice':
    'Nel frattempo è stata fatta una modifica. Tornare indietro, ricaricare la pagina e ripetere la modifica.',
  'fault.against_policy.title': 'L’organizzazione non lo consente',
  'fault.against_policy.advice':
    'Tornare indietro e procedere in altro modo, oppure chiedere a un amministratore informazioni sulla regola.',
  'fault.precondition_required.title': 'Serve una conferma',
  'fault.precondition_required.advice': 'Tornare indietro, verificare gli effetti della modifica e confermarla.',
  'fault.too_large.title': 'Troppi dati',
  'fault.too_large.advice': 'Tornare indietro e inviare meno dati alla volta.',
  'fault.too_many.title': 'Troppi tentativi',
  'fault.too_many.advice': 'Attendere un minuto, poi riprovare.',
  'fault.unavailable.title': 'Torniamo subito',
  'fault.unavailable.advice':
    'Il servizio al momento non è disponibile. Attendere qualche secondo, poi ricaricare la pagina.',
  'fault.internal.title': 'Qualcosa è andato storto da parte nostra',
  'fault.internal.advice':
    'Riprovare; se succede di nuovo, comunicare all’amministratore il riferimento indicato sotto.',
} as const satisfies Record<keyof typeof en, string>
