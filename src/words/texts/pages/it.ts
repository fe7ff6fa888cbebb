// Forma impersonale, senza «tu» né «Lei» dove si può.
import type { en } from './en.ts'

export const it = {
  'welcome.title': 'Benvenuti in {organization}',
  'welcome.lead': 'Invito di {inviter} per {email}.',
  'welcome.name': 'Nome e cognome',
  'welcome.passkey': 'Accetta con una passkey',
  'welcome.link': 'Collegala al mio account presso {organization}',
  'welcome.linkHint': 'Nessuna delle due organizzazioni ne viene informata.',
  'welcome.noScript': 'Per accettare con una passkey servono gli script, che in questo browser sono disattivati.',
  'welcome.other': 'Questo invito è per un’altra persona',
  'welcome.otherLead': 'È per {email}, mentre l’accesso è stato effettuato come {name}.',
  'welcome.otherText':
    'Se entrambi gli account sono propri, uscire prima da qui. Altrimenti lasciare l’invito al destinatario.',
  'welcome.signOut': 'Esci e continua',
  'welcome.stay': 'Resta con l’account {name}',
  'welcome.expired': 'Questo invito è scaduto',
  'welcome.expiredAsk': 'Chiederne uno nuovo a {inviter}: basta un clic.',
  'welcome.expiredAskAnybody': 'Chiederne uno nuovo a un amministratore di {organization}: basta un clic.',
  'welcome.accepted': 'Questo invito è già stato accettato',
  'welcome.acceptedAdvice': 'Funziona una volta sola. Se è stato già usato dal destinatario, accedere.',
  'welcome.withdrawn': 'Questo invito è stato ritirato',
  'welcome.withdrawnAsk': 'Se sembra un errore, rivolgersi a {inviter}.',
  'welcome.withdrawnAskAnybody': 'Se sembra un errore, rivolgersi a un amministratore di {organization}.',
  'welcome.unknown': 'Questo invito non è valido',
  'welcome.unknownAdvice':
    'Il link potrebbe essere incompleto o sostituito da un’e-mail più recente. Usare il link dell’ultima e-mail o chiedere un nuovo invito.',
  'undo.title': 'Annullare questo accesso?',
  'undo.text':
    'Tramite <b>{connection}</b> qualcuno può accedere al posto del titolare. Se non si tratta del titolare, annullare: chi è entrato così viene disconnesso subito.',
  'undo.submit': 'Annulla l’accesso',
  'undo.aside': 'Se si tratta del titolare, chiudere questa pagina: non è cambiato nulla.',
  'undo.done': 'Accesso annullato',
  'undo.doneLead':
    'In questo modo nessuno può più accedere al posto del titolare, e le sessioni aperte sono state chiuse.',
  'undo.doneText': 'Avvisare l’amministratore e scegliere una nuova password, se qui ne esiste una.',
  'undo.overAdvice':
    'È stato usato o ha più di una settimana. Accedere e guardare Sicurezza nella pagina dell’account, oppure rivolgersi all’amministratore.',
  'device.title': 'Accedere su un dispositivo',
  'device.lead':
    'Inserire il codice mostrato dal dispositivo o programma che si ha davanti. Se il codice viene da qualcun altro, non proseguire: accederebbe al posto del titolare.',
  'device.unknown': 'Nessun dispositivo attende (più) questo codice. Controllarlo o ricominciare sul dispositivo.',
  'device.confirm': 'Accedere lì a {application}?',
  'device.confirmLead':
    '{application} potrà agire per {who} su un dispositivo che mostra questo codice. Proseguire solo se quel dispositivo è davanti a sé e l’operazione è appena stata avviata lì.',
  'device.submit': 'Accedi sul dispositivo',
  'device.refuse': 'Rifiuta',
  'device.refused': 'Accesso rifiutato',
  'device.refusedLead': 'Il dispositivo è stato informato che l’accesso non è avvenuto. Si può chiudere questa pagina.',
  'device.done': 'L’accesso sul dispositivo è avvenuto',
  'device.doneLead': '{application} prosegue da solo in pochi secondi. Si può chiudere questa pagina.',
  'device.toAccount': 'Apri il mio account',
  'goOn.title': 'Continuare con {application}?',
  'goOn.lead':
    'Un programma su questo dispositivo dice di essere {application} e vuole agire per {who}. Proseguire solo se è appena stato avviato di persona.',
  'signOut.title': 'Uscire?',
  'signOut.lead': 'Si uscirà da qui e da tutte le applicazioni usate con questo accesso.',
  'signOut.leadAsked': '{application} chiede di uscire. Si uscirà da tutte le applicazioni usate con questo accesso.',
  'signOut.submit': 'Esci',
  'signOut.stay': 'Resta connesso',
  'signedOut.title': 'La sessione è chiusa',
  'signedOut.lead': 'Chiudere la finestra se il dispositivo non è il proprio.',
  'signedOut.everywhere': 'La sessione qui e presso il provider di identità è terminata.',
  'signedOut.elsewhere':
    'Su questo dispositivo resta aperta una sessione in un’altra organizzazione. <link>Mostra dove</link>',
  'signedOut.again': 'Accedi di nuovo',
  'leaving.title': 'La sessione qui è chiusa',
  'leaving.lead': 'Ora anche l’accesso aziendale chiude la sessione.',
} as const satisfies Record<keyof typeof en, string>
