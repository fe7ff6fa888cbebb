// Com “você”.
import type { en } from './en.ts'

export const ptBR = {
  'welcome.title': 'Boas-vindas a {organization}',
  'welcome.lead': '{inviter} convida você, como {email}.',
  'welcome.name': 'Seu nome',
  'welcome.passkey': 'Aceitar com uma chave de acesso',
  'welcome.link': 'Vincular à minha conta em {organization}',
  'welcome.linkHint': 'Nenhuma das duas organizações é informada.',
  'welcome.noScript':
    'Para aceitar com uma chave de acesso são necessários scripts, que estão desativados neste navegador.',
  'welcome.other': 'Este convite é para outra pessoa',
  'welcome.otherLead': 'É para {email}, e você entrou como {name}.',
  'welcome.otherText':
    'Se os dois são você, saia primeiro aqui. Caso contrário, deixe o convite para a pessoa a quem se destina.',
  'welcome.signOut': 'Sair e continuar',
  'welcome.stay': 'Continuar como {name}',
  'welcome.expired': 'Este convite expirou',
  'welcome.expiredAsk': 'Peça outro a {inviter}; basta um clique.',
  'welcome.expiredAskAnybody': 'Peça outro a um administrador de {organization}; basta um clique.',
  'welcome.accepted': 'Este convite já foi aceito',
  'welcome.acceptedAdvice': 'Ele funciona uma vez. Se foi você, entre.',
  'welcome.withdrawn': 'Este convite foi retirado',
  'welcome.withdrawnAsk': 'Se achar que é um engano, fale com {inviter}.',
  'welcome.withdrawnAskAnybody': 'Se achar que é um engano, fale com um administrador de {organization}.',
  'welcome.unknown': 'Este convite não é válido',
  'welcome.unknownAdvice':
    'O link pode estar incompleto ou ter sido substituído por um e-mail mais novo. Use o link do último e-mail ou peça um novo convite.',
  'undo.title': 'Desfazer esta forma de entrar?',
  'undo.text':
    'Por <b>{connection}</b>, alguém pode entrar no seu lugar. Se não é você, desfaça: quem entrou assim perde a sessão na hora.',
  'undo.submit': 'Desfazer',
  'undo.aside': 'Se é você, feche esta página; nada mudou.',
  'undo.done': 'Foi desfeito',
  'undo.doneLead': 'Ninguém mais entra no seu lugar dessa forma, e as sessões abertas foram encerradas.',
  'undo.doneText': 'Avise seu administrador e escolha uma nova senha, se você tiver uma aqui.',
  'undo.overAdvice':
    'Ele foi usado ou tem mais de uma semana. Entre e veja Segurança na página da sua conta, ou fale com seu administrador.',
  'device.title': 'Entrar em um dispositivo',
  'device.lead':
    'Digite o código que o dispositivo ou programa à sua frente mostra. Se outra pessoa deu o código a você, não continue: ela entraria no seu lugar.',
  'device.unknown': 'Nenhum dispositivo está esperando (mais) este código. Confira-o ou comece de novo lá.',
  'device.confirm': 'Entrar em {application} lá?',
  'device.confirmLead':
    '{application} poderá agir por {who} em um dispositivo que mostra este código. Continue só se esse dispositivo estiver à sua frente e você tiver acabado de começar isto lá.',
  'device.submit': 'Entrar lá',
  'device.refuse': 'Recusar',
  'device.refused': 'Entrada recusada',
  'device.refusedLead': 'O dispositivo foi informado de que a entrada não foi permitida. Você pode fechar esta página.',
  'device.done': 'Você entrou lá',
  'device.doneLead': '{application} continua sozinho em alguns segundos. Você pode fechar esta página.',
  'device.toAccount': 'Abrir minha conta',
  'goOn.title': 'Continuar para {application}?',
  'goOn.lead':
    'Um programa neste dispositivo diz ser {application} e quer agir por {who}. Continue só se você mesmo acabou de iniciá-lo.',
  'signOut.title': 'Sair?',
  'signOut.lead': 'Você sairá daqui e de todos os aplicativos que usa com esta entrada.',
  'signOut.leadAsked':
    '{application} pede para encerrar sua sessão. Você sairá de todos os aplicativos que usa com esta entrada.',
  'signOut.submit': 'Sair',
  'signOut.stay': 'Continuar conectado',
  'signedOut.title': 'Você saiu',
  'signedOut.lead': 'Feche a janela se este dispositivo não for seu.',
  'signedOut.everywhere': 'Sua sessão aqui e no seu provedor de identidade terminou.',
  'signedOut.elsewhere': 'Neste dispositivo, você ainda tem uma sessão em outra organização. <link>Ver onde</link>',
  'signedOut.again': 'Entrar de novo',
  'leaving.title': 'Você saiu daqui',
  'leaving.lead': 'Em seguida, o acesso da sua empresa também encerra sua sessão.',
} as const satisfies Record<keyof typeof en, string>
