// De usted.
import type { en } from './en.ts'

export const es = {
  'welcome.title': 'Bienvenida a {organization}',
  'welcome.lead': '{inviter} le invita, como {email}.',
  'welcome.name': 'Su nombre',
  'welcome.passkey': 'Aceptar con una clave de acceso',
  'welcome.link': 'Vincularla con mi cuenta en {organization}',
  'welcome.linkHint': 'Ninguna de las dos organizaciones lo sabe.',
  'welcome.noScript':
    'Para aceptar con una clave de acceso se necesitan scripts, que están desactivados en este navegador.',
  'welcome.other': 'Esta invitación es para otra persona',
  'welcome.otherLead': 'Es para {email}, y usted ha iniciado sesión como {name}.',
  'welcome.otherText':
    'Si usted es ambos, cierre primero la sesión aquí. Si no, deje la invitación a la persona a quien va dirigida.',
  'welcome.signOut': 'Cerrar sesión y continuar',
  'welcome.stay': 'Seguir con la sesión de {name}',
  'welcome.expired': 'Esta invitación ha caducado',
  'welcome.expiredAsk': 'Pida otra a {inviter}; basta con un clic.',
  'welcome.expiredAskAnybody': 'Pida otra a un administrador de {organization}; basta con un clic.',
  'welcome.accepted': 'Esta invitación ya se ha aceptado',
  'welcome.acceptedAdvice': 'Funciona una sola vez. Si fue usted, inicie sesión.',
  'welcome.withdrawn': 'Esta invitación se ha retirado',
  'welcome.withdrawnAsk': 'Si cree que es un error, pregunte a {inviter}.',
  'welcome.withdrawnAskAnybody': 'Si cree que es un error, pregunte a un administrador de {organization}.',
  'welcome.unknown': 'Esta invitación no es válida',
  'welcome.unknownAdvice':
    'Puede que el enlace esté incompleto o que lo haya sustituido un correo más reciente. Use el enlace del último correo o pida una nueva invitación.',
  'undo.title': '¿Deshacer este inicio de sesión?',
  'undo.text':
    'Con <b>{connection}</b>, alguien puede iniciar sesión en su lugar. Si no es usted, deshágalo: quien haya entrado así quedará fuera enseguida.',
  'undo.submit': 'Deshacer',
  'undo.aside': 'Si es usted, cierre esta página; no ha cambiado nada.',
  'undo.done': 'Se ha deshecho',
  'undo.doneLead': 'Nadie puede ya iniciar sesión en su lugar de ese modo, y las sesiones abiertas se han cerrado.',
  'undo.doneText': 'Avise a su administrador y elija una nueva contraseña si tiene una aquí.',
  'undo.overAdvice':
    'Se ha usado o tiene más de una semana. Inicie sesión y mire Seguridad en la página de su cuenta, o pregunte a su administrador.',
  'device.title': 'Iniciar sesión en un dispositivo',
  'device.lead':
    'Introduzca el código que muestra el dispositivo o programa que tiene delante. Si otra persona le ha dado el código, no siga: iniciaría sesión en su lugar.',
  'device.unknown': 'Ningún dispositivo espera (ya) este código. Compruébelo o empiece de nuevo allí.',
  'device.confirm': '¿Iniciar sesión allí en {application}?',
  'device.confirmLead':
    '{application} podrá actuar en nombre de {who} en un dispositivo que muestra este código. Siga solo si tiene ese dispositivo delante y acaba de iniciar esto allí.',
  'device.submit': 'Iniciar sesión allí',
  'device.refuse': 'Rechazar',
  'device.refused': 'Inicio de sesión rechazado',
  'device.refusedLead': 'Se ha comunicado al dispositivo que no ha iniciado sesión. Puede cerrar esta página.',
  'device.done': 'Ha iniciado sesión allí',
  'device.doneLead': '{application} continúa solo en unos segundos. Puede cerrar esta página.',
  'device.toAccount': 'Abrir mi cuenta',
  'goOn.title': '¿Continuar a {application}?',
  'goOn.lead':
    'Un programa de este dispositivo dice ser {application} y quiere actuar en nombre de {who}. Siga solo si usted mismo acaba de iniciarlo.',
  'signOut.title': '¿Cerrar sesión?',
  'signOut.lead': 'Se cerrará su sesión aquí y en todas las aplicaciones que usa con este inicio de sesión.',
  'signOut.leadAsked':
    '{application} pide cerrar su sesión. Se cerrará en todas las aplicaciones que usa con este inicio de sesión.',
  'signOut.submit': 'Cerrar sesión',
  'signOut.stay': 'Seguir con la sesión',
  'signedOut.title': 'Ha cerrado la sesión',
  'signedOut.lead': 'Cierre la ventana si este no es su propio dispositivo.',
  'signedOut.everywhere': 'Su sesión aquí y en su proveedor de identidad ha terminado.',
  'signedOut.elsewhere':
    'En este dispositivo sigue con la sesión iniciada en otra organización. <link>Ver dónde</link>',
  'signedOut.again': 'Volver a iniciar sesión',
  'leaving.title': 'Ha cerrado la sesión aquí',
  'leaving.lead': 'A continuación, el inicio de sesión de su empresa también cierra su sesión.',
} as const satisfies Record<keyof typeof en, string>
