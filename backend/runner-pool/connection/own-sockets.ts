import type { Socket } from 'node:net'
import type { ChannelCredentials } from '@grpc/grpc-js'

/**
 * Credentials whose channel, when it closes, also ends a connection that was accepted and never said a word. grpc-js
 * waits for such a one for ever, without a time limit and without closing it: each would cost a descriptor.
 */
export function ownSockets(credentials: ChannelCredentials): ChannelCredentials {
  const open = credentials._createSecureConnector.bind(credentials)
  credentials._createSecureConnector = (...args) => {
    const connector = open(...args)
    const sockets = new Set<Socket>()
    return {
      connect(socket) {
        sockets.add(socket.once('close', () => sockets.delete(socket)))
        return connector.connect(socket)
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy() {
        // One that has spoken may still carry calls that end in order.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
        connector.destroy()
      },
    }
  }
  return credentials
}
