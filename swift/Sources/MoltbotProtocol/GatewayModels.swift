// Generated from protocol/ by "bun run protocol:gen:swift"; edit the contract, not this file.

/// The protocol generation that these models describe.
public let GATEWAY_PROTOCOL_VERSION = 4

/// The oldest generation that the gateway still serves.
public let GATEWAY_MIN_PROTOCOL_VERSION = 3

/// Why a request was refused.
public enum ErrorCode: RawRepresentable, Codable, Sendable, Hashable {
    /// The frame or its params break the contract; the message names the field.
    case invalidRequest
    /// The caller's scopes do not cover the method (generation 4; generation 3 hears INVALID_REQUEST).
    case forbidden
    /// The caller has to prove who it is before it is let in.
    case notPaired
    /// The gateway cannot do this now; trying again may work, after retryAfterMs where given.
    case unavailable
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "INVALID_REQUEST": self = .invalidRequest
        case "FORBIDDEN": self = .forbidden
        case "NOT_PAIRED": self = .notPaired
        case "UNAVAILABLE": self = .unavailable
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .invalidRequest: "INVALID_REQUEST"
        case .forbidden: "FORBIDDEN"
        case .notPaired: "NOT_PAIRED"
        case .unavailable: "UNAVAILABLE"
        case .unknown(let word): word
        }
    }
}

extension ErrorCode {
    /// Whether the same request may work later without a change.
    public var isRetryable: Bool {
        switch self {
        case .unavailable: true
        default: false
        }
    }
}

extension ErrorShape {
    /// The code as one of the contract's words.
    public var errorCode: ErrorCode { ErrorCode(rawValue: code) }
}

/// The methods that the gateway answers.
public enum GatewayMethod: RawRepresentable, Codable, Sendable, Hashable {
    case connect
    case health
    case status
    case pageLink
    case systemPresence
    case systemEvent
    case systemEcho
    case systemRestart
    case logsTail
    case backupCreate
    case configGet
    case configSchema
    case configSet
    case configPatch
    case configApply
    case agent
    case agentWait
    case agentIdentityGet
    case agentsList
    case modelsList
    case modelsDiscover
    case modelsTest
    case modelsAdd
    case modelsUse
    case usageCost
    case usageStatus
    case channelsList
    case channelsStatus
    case channelsAdd
    case channelsRemove
    case channelsLogout
    case channelsLoginStart
    case channelsLoginContinue
    case channelsLoginCancel
    case chatHistory
    case chatSend
    case chatAbort
    case chatInject
    case chatSubscribe
    case sessionsList
    case sessionsPatch
    case sessionsReset
    case sessionsCreate
    case sessionsDescribe
    case sessionsResolve
    case sessionsPreview
    case sessionsCompact
    case sessionsDelete
    case sessionsSubscribe
    case sessionsUnsubscribe
    case sessionsMessagesSubscribe
    case sessionsMessagesUnsubscribe
    case commandsList
    case execApprovalList
    case pluginApprovalList
    case questionList
    case taskSuggestionsList
    case lastHeartbeat
    case devicePairList
    case devicePairApprove
    case devicePairReject
    case devicePairRename
    case devicePairRemove
    case devicePairInvite
    case deviceTokenRotate
    case deviceTokenRevoke
    case pairingList
    case pairingApprove
    case pairingDeny
    case pairingRemove
    case send
    case poll
    case messageAction
    case outboxList
    case outboxRetry
    case outboxDiscard
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "connect": self = .connect
        case "health": self = .health
        case "status": self = .status
        case "page.link": self = .pageLink
        case "system-presence": self = .systemPresence
        case "system-event": self = .systemEvent
        case "system.echo": self = .systemEcho
        case "system.restart": self = .systemRestart
        case "logs.tail": self = .logsTail
        case "backup.create": self = .backupCreate
        case "config.get": self = .configGet
        case "config.schema": self = .configSchema
        case "config.set": self = .configSet
        case "config.patch": self = .configPatch
        case "config.apply": self = .configApply
        case "agent": self = .agent
        case "agent.wait": self = .agentWait
        case "agent.identity.get": self = .agentIdentityGet
        case "agents.list": self = .agentsList
        case "models.list": self = .modelsList
        case "models.discover": self = .modelsDiscover
        case "models.test": self = .modelsTest
        case "models.add": self = .modelsAdd
        case "models.use": self = .modelsUse
        case "usage.cost": self = .usageCost
        case "usage.status": self = .usageStatus
        case "channels.list": self = .channelsList
        case "channels.status": self = .channelsStatus
        case "channels.add": self = .channelsAdd
        case "channels.remove": self = .channelsRemove
        case "channels.logout": self = .channelsLogout
        case "channels.login.start": self = .channelsLoginStart
        case "channels.login.continue": self = .channelsLoginContinue
        case "channels.login.cancel": self = .channelsLoginCancel
        case "chat.history": self = .chatHistory
        case "chat.send": self = .chatSend
        case "chat.abort": self = .chatAbort
        case "chat.inject": self = .chatInject
        case "chat.subscribe": self = .chatSubscribe
        case "sessions.list": self = .sessionsList
        case "sessions.patch": self = .sessionsPatch
        case "sessions.reset": self = .sessionsReset
        case "sessions.create": self = .sessionsCreate
        case "sessions.describe": self = .sessionsDescribe
        case "sessions.resolve": self = .sessionsResolve
        case "sessions.preview": self = .sessionsPreview
        case "sessions.compact": self = .sessionsCompact
        case "sessions.delete": self = .sessionsDelete
        case "sessions.subscribe": self = .sessionsSubscribe
        case "sessions.unsubscribe": self = .sessionsUnsubscribe
        case "sessions.messages.subscribe": self = .sessionsMessagesSubscribe
        case "sessions.messages.unsubscribe": self = .sessionsMessagesUnsubscribe
        case "commands.list": self = .commandsList
        case "exec.approval.list": self = .execApprovalList
        case "plugin.approval.list": self = .pluginApprovalList
        case "question.list": self = .questionList
        case "taskSuggestions.list": self = .taskSuggestionsList
        case "last-heartbeat": self = .lastHeartbeat
        case "device.pair.list": self = .devicePairList
        case "device.pair.approve": self = .devicePairApprove
        case "device.pair.reject": self = .devicePairReject
        case "device.pair.rename": self = .devicePairRename
        case "device.pair.remove": self = .devicePairRemove
        case "device.pair.invite": self = .devicePairInvite
        case "device.token.rotate": self = .deviceTokenRotate
        case "device.token.revoke": self = .deviceTokenRevoke
        case "pairing.list": self = .pairingList
        case "pairing.approve": self = .pairingApprove
        case "pairing.deny": self = .pairingDeny
        case "pairing.remove": self = .pairingRemove
        case "send": self = .send
        case "poll": self = .poll
        case "message.action": self = .messageAction
        case "outbox.list": self = .outboxList
        case "outbox.retry": self = .outboxRetry
        case "outbox.discard": self = .outboxDiscard
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .connect: "connect"
        case .health: "health"
        case .status: "status"
        case .pageLink: "page.link"
        case .systemPresence: "system-presence"
        case .systemEvent: "system-event"
        case .systemEcho: "system.echo"
        case .systemRestart: "system.restart"
        case .logsTail: "logs.tail"
        case .backupCreate: "backup.create"
        case .configGet: "config.get"
        case .configSchema: "config.schema"
        case .configSet: "config.set"
        case .configPatch: "config.patch"
        case .configApply: "config.apply"
        case .agent: "agent"
        case .agentWait: "agent.wait"
        case .agentIdentityGet: "agent.identity.get"
        case .agentsList: "agents.list"
        case .modelsList: "models.list"
        case .modelsDiscover: "models.discover"
        case .modelsTest: "models.test"
        case .modelsAdd: "models.add"
        case .modelsUse: "models.use"
        case .usageCost: "usage.cost"
        case .usageStatus: "usage.status"
        case .channelsList: "channels.list"
        case .channelsStatus: "channels.status"
        case .channelsAdd: "channels.add"
        case .channelsRemove: "channels.remove"
        case .channelsLogout: "channels.logout"
        case .channelsLoginStart: "channels.login.start"
        case .channelsLoginContinue: "channels.login.continue"
        case .channelsLoginCancel: "channels.login.cancel"
        case .chatHistory: "chat.history"
        case .chatSend: "chat.send"
        case .chatAbort: "chat.abort"
        case .chatInject: "chat.inject"
        case .chatSubscribe: "chat.subscribe"
        case .sessionsList: "sessions.list"
        case .sessionsPatch: "sessions.patch"
        case .sessionsReset: "sessions.reset"
        case .sessionsCreate: "sessions.create"
        case .sessionsDescribe: "sessions.describe"
        case .sessionsResolve: "sessions.resolve"
        case .sessionsPreview: "sessions.preview"
        case .sessionsCompact: "sessions.compact"
        case .sessionsDelete: "sessions.delete"
        case .sessionsSubscribe: "sessions.subscribe"
        case .sessionsUnsubscribe: "sessions.unsubscribe"
        case .sessionsMessagesSubscribe: "sessions.messages.subscribe"
        case .sessionsMessagesUnsubscribe: "sessions.messages.unsubscribe"
        case .commandsList: "commands.list"
        case .execApprovalList: "exec.approval.list"
        case .pluginApprovalList: "plugin.approval.list"
        case .questionList: "question.list"
        case .taskSuggestionsList: "taskSuggestions.list"
        case .lastHeartbeat: "last-heartbeat"
        case .devicePairList: "device.pair.list"
        case .devicePairApprove: "device.pair.approve"
        case .devicePairReject: "device.pair.reject"
        case .devicePairRename: "device.pair.rename"
        case .devicePairRemove: "device.pair.remove"
        case .devicePairInvite: "device.pair.invite"
        case .deviceTokenRotate: "device.token.rotate"
        case .deviceTokenRevoke: "device.token.revoke"
        case .pairingList: "pairing.list"
        case .pairingApprove: "pairing.approve"
        case .pairingDeny: "pairing.deny"
        case .pairingRemove: "pairing.remove"
        case .send: "send"
        case .poll: "poll"
        case .messageAction: "message.action"
        case .outboxList: "outbox.list"
        case .outboxRetry: "outbox.retry"
        case .outboxDiscard: "outbox.discard"
        case .unknown(let word): word
        }
    }
}

/// The events that the gateway sends.
public enum GatewayEventName: RawRepresentable, Codable, Sendable, Hashable {
    case connectChallenge
    case health
    case tick
    case shutdown
    case presence
    case agent
    case chat
    case sessionsChanged
    case sessionMessage
    case sessionTool
    case devicePairRequested
    case devicePairResolved
    case pairingChanged
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "connect.challenge": self = .connectChallenge
        case "health": self = .health
        case "tick": self = .tick
        case "shutdown": self = .shutdown
        case "presence": self = .presence
        case "agent": self = .agent
        case "chat": self = .chat
        case "sessions.changed": self = .sessionsChanged
        case "session.message": self = .sessionMessage
        case "session.tool": self = .sessionTool
        case "device.pair.requested": self = .devicePairRequested
        case "device.pair.resolved": self = .devicePairResolved
        case "pairing.changed": self = .pairingChanged
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .connectChallenge: "connect.challenge"
        case .health: "health"
        case .tick: "tick"
        case .shutdown: "shutdown"
        case .presence: "presence"
        case .agent: "agent"
        case .chat: "chat"
        case .sessionsChanged: "sessions.changed"
        case .sessionMessage: "session.message"
        case .sessionTool: "session.tool"
        case .devicePairRequested: "device.pair.requested"
        case .devicePairResolved: "device.pair.resolved"
        case .pairingChanged: "pairing.changed"
        case .unknown(let word): word
        }
    }
}

/// First answer of agent.
public struct AgentAccepted: Codable, Sendable, Equatable {
    public var runId: String
    public let status: String = "accepted"
    public var acceptedAt: Int

    public init(
        runId: String,
        acceptedAt: Int
    ) {
        self.runId = runId
        self.acceptedAt = acceptedAt
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case status
        case acceptedAt
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        try container.expect("accepted", forKey: .status)
        self.acceptedAt = try container.decode(Int.self, forKey: .acceptedAt)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.status, forKey: .status)
        try container.encode(self.acceptedAt, forKey: .acceptedAt)
    }
}

public struct AgentAssistantEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var seq: Int
    public var ts: Int
    public var sessionKey: String?
    public let stream: String = "assistant"
    public var data: AssistantData

    public init(
        runId: String,
        seq: Int,
        ts: Int,
        sessionKey: String? = nil,
        data: AssistantData
    ) {
        self.runId = runId
        self.seq = seq
        self.ts = ts
        self.sessionKey = sessionKey
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case seq
        case ts
        case sessionKey
        case stream
        case data
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.seq = try container.decode(Int.self, forKey: .seq)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.sessionKey = try container.decodeIfPresent(String.self, forKey: .sessionKey)
        try container.expect("assistant", forKey: .stream)
        self.data = try container.decode(AssistantData.self, forKey: .data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.ts, forKey: .ts)
        try container.encodeIfPresent(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.stream, forKey: .stream)
        try container.encode(self.data, forKey: .data)
    }
}

public struct AgentEntry: Codable, Sendable, Equatable {
    public var id: String
    public var name: String?
    public var identity: AgentIdentity?

    public init(
        id: String,
        name: String? = nil,
        identity: AgentIdentity? = nil
    ) {
        self.id = id
        self.name = name
        self.identity = identity
    }
}

/// Payload of agent.
public enum AgentEvent: Codable, Sendable, Equatable {
    case lifecycle(AgentLifecycleEvent)
    case assistant(AgentAssistantEvent)
    case tool(AgentToolEvent)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = "stream"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
        case "lifecycle": self = .lifecycle(try AgentLifecycleEvent(from: decoder))
        case "assistant": self = .assistant(try AgentAssistantEvent(from: decoder))
        case "tool": self = .tool(try AgentToolEvent(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .lifecycle(let value): try value.encode(to: encoder)
        case .assistant(let value): try value.encode(to: encoder)
        case .tool(let value): try value.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }
}

public struct AgentHealth: Codable, Sendable, Equatable {
    public var agentId: String
    public var name: String?
    public var isDefault: Bool
    public var heartbeat: HeartbeatSettings
    public var sessions: SessionsGlance

    public init(
        agentId: String,
        name: String? = nil,
        isDefault: Bool,
        heartbeat: HeartbeatSettings,
        sessions: SessionsGlance
    ) {
        self.agentId = agentId
        self.name = name
        self.isDefault = isDefault
        self.heartbeat = heartbeat
        self.sessions = sessions
    }
}

public struct AgentHeartbeat: Codable, Sendable, Equatable {
    public var agentId: String
    public var enabled: Bool
    public var every: String
    public var everyMs: Int?

    public init(
        agentId: String,
        enabled: Bool,
        every: String,
        everyMs: Int?
    ) {
        self.agentId = agentId
        self.enabled = enabled
        self.every = every
        self.everyMs = everyMs
    }

    private enum CodingKeys: String, CodingKey {
        case agentId
        case enabled
        case every
        case everyMs
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.agentId = try container.decode(String.self, forKey: .agentId)
        self.enabled = try container.decode(Bool.self, forKey: .enabled)
        self.every = try container.decode(String.self, forKey: .every)
        self.everyMs = try container.decode(Int?.self, forKey: .everyMs)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.agentId, forKey: .agentId)
        try container.encode(self.enabled, forKey: .enabled)
        try container.encode(self.every, forKey: .every)
        try container.encode(self.everyMs, forKey: .everyMs)
    }
}

public struct AgentIdentity: Codable, Sendable, Equatable {
    public var name: String?
    public var theme: String?
    public var emoji: String?
    public var avatar: String?
    public var avatarUrl: String?

    public init(
        name: String? = nil,
        theme: String? = nil,
        emoji: String? = nil,
        avatar: String? = nil,
        avatarUrl: String? = nil
    ) {
        self.name = name
        self.theme = theme
        self.emoji = emoji
        self.avatar = avatar
        self.avatarUrl = avatarUrl
    }
}

/// Params of agent.identity.get.
public struct AgentIdentityGetParams: Codable, Sendable, Equatable {
    public var agentId: String?
    public var sessionKey: String?

    public init(
        agentId: String? = nil,
        sessionKey: String? = nil
    ) {
        self.agentId = agentId
        self.sessionKey = sessionKey
    }
}

/// Result of agent.identity.get.
public struct AgentIdentityGetResult: Codable, Sendable, Equatable {
    public var agentId: String
    public var name: String
    public var avatar: String

    public init(
        agentId: String,
        name: String,
        avatar: String
    ) {
        self.agentId = agentId
        self.name = name
        self.avatar = avatar
    }
}

public struct AgentLifecycleEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var seq: Int
    public var ts: Int
    public var sessionKey: String?
    public let stream: String = "lifecycle"
    public var data: LifecycleData

    public init(
        runId: String,
        seq: Int,
        ts: Int,
        sessionKey: String? = nil,
        data: LifecycleData
    ) {
        self.runId = runId
        self.seq = seq
        self.ts = ts
        self.sessionKey = sessionKey
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case seq
        case ts
        case sessionKey
        case stream
        case data
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.seq = try container.decode(Int.self, forKey: .seq)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.sessionKey = try container.decodeIfPresent(String.self, forKey: .sessionKey)
        try container.expect("lifecycle", forKey: .stream)
        self.data = try container.decode(LifecycleData.self, forKey: .data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.ts, forKey: .ts)
        try container.encodeIfPresent(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.stream, forKey: .stream)
        try container.encode(self.data, forKey: .data)
    }
}

/// Params of agent.
public struct AgentParams: Codable, Sendable, Equatable {
    public var message: String
    public var idempotencyKey: String
    public var agentId: String?
    public var provider: String?
    public var model: String?
    public var to: String?
    public var replyTo: String?
    public var sessionId: String?
    public var sessionKey: String?
    public var thinking: String?
    public var deliver: Bool?
    public var bestEffortDeliver: Bool?
    public var attachments: [Attachment]?
    public var channel: String?
    public var replyChannel: String?
    public var accountId: String?
    public var replyAccountId: String?
    public var threadId: String?
    public var groupId: String?
    public var groupChannel: String?
    public var groupSpace: String?
    public var timeout: Int?
    public var lane: String?
    public var extraSystemPrompt: String?
    public var history: [EarlierTurn]?
    public var tools: [ClientTool]?
    public var toolChoice: AgentParamsToolChoice?
    public var requiredTool: String?
    public var parallelToolCalls: Bool?
    public var toolResults: [ClientToolResult]?
    public var sampling: Sampling?
    public var answerFormat: AnswerFormat?
    public var label: String?
    public var spawnedBy: String?

    public init(
        message: String,
        idempotencyKey: String,
        agentId: String? = nil,
        provider: String? = nil,
        model: String? = nil,
        to: String? = nil,
        replyTo: String? = nil,
        sessionId: String? = nil,
        sessionKey: String? = nil,
        thinking: String? = nil,
        deliver: Bool? = nil,
        bestEffortDeliver: Bool? = nil,
        attachments: [Attachment]? = nil,
        channel: String? = nil,
        replyChannel: String? = nil,
        accountId: String? = nil,
        replyAccountId: String? = nil,
        threadId: String? = nil,
        groupId: String? = nil,
        groupChannel: String? = nil,
        groupSpace: String? = nil,
        timeout: Int? = nil,
        lane: String? = nil,
        extraSystemPrompt: String? = nil,
        history: [EarlierTurn]? = nil,
        tools: [ClientTool]? = nil,
        toolChoice: AgentParamsToolChoice? = nil,
        requiredTool: String? = nil,
        parallelToolCalls: Bool? = nil,
        toolResults: [ClientToolResult]? = nil,
        sampling: Sampling? = nil,
        answerFormat: AnswerFormat? = nil,
        label: String? = nil,
        spawnedBy: String? = nil
    ) {
        self.message = message
        self.idempotencyKey = idempotencyKey
        self.agentId = agentId
        self.provider = provider
        self.model = model
        self.to = to
        self.replyTo = replyTo
        self.sessionId = sessionId
        self.sessionKey = sessionKey
        self.thinking = thinking
        self.deliver = deliver
        self.bestEffortDeliver = bestEffortDeliver
        self.attachments = attachments
        self.channel = channel
        self.replyChannel = replyChannel
        self.accountId = accountId
        self.replyAccountId = replyAccountId
        self.threadId = threadId
        self.groupId = groupId
        self.groupChannel = groupChannel
        self.groupSpace = groupSpace
        self.timeout = timeout
        self.lane = lane
        self.extraSystemPrompt = extraSystemPrompt
        self.history = history
        self.tools = tools
        self.toolChoice = toolChoice
        self.requiredTool = requiredTool
        self.parallelToolCalls = parallelToolCalls
        self.toolResults = toolResults
        self.sampling = sampling
        self.answerFormat = answerFormat
        self.label = label
        self.spawnedBy = spawnedBy
    }
}

public enum AgentParamsToolChoice: RawRepresentable, Codable, Sendable, Hashable {
    case auto
    case `none`
    case `required`
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "auto": self = .auto
        case "none": self = .`none`
        case "required": self = .`required`
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .auto: "auto"
        case .`none`: "none"
        case .`required`: "required"
        case .unknown(let word): word
        }
    }
}

/// Result of agent.
public struct AgentResult: Codable, Sendable, Equatable {
    public var runId: String
    public var status: AgentResultStatus
    public var summary: String?
    public var result: AgentResultResult?

    public init(
        runId: String,
        status: AgentResultStatus,
        summary: String? = nil,
        result: AgentResultResult? = nil
    ) {
        self.runId = runId
        self.status = status
        self.summary = summary
        self.result = result
    }
}

public enum AgentResultStatus: RawRepresentable, Codable, Sendable, Hashable {
    case ok
    case error
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "ok": self = .ok
        case "error": self = .error
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .ok: "ok"
        case .error: "error"
        case .unknown(let word): word
        }
    }
}

public struct AgentResultResult: Codable, Sendable, Equatable {
    public var payloads: [ReplyPayload]
    public var meta: AgentResultResultMeta

    public init(
        payloads: [ReplyPayload],
        meta: AgentResultResultMeta
    ) {
        self.payloads = payloads
        self.meta = meta
    }
}

public struct AgentResultResultMeta: Codable, Sendable, Equatable {
    public var durationMs: Int
    public var runtime: String
    public var agentMeta: AgentResultResultMetaAgentMeta
    public var aborted: Bool?
    public var stopReason: String?
    public var pendingToolCalls: [PendingToolCall]?
    public var notice: String?
    public var error: AgentResultResultMetaError?

    public init(
        durationMs: Int,
        runtime: String,
        agentMeta: AgentResultResultMetaAgentMeta,
        aborted: Bool? = nil,
        stopReason: String? = nil,
        pendingToolCalls: [PendingToolCall]? = nil,
        notice: String? = nil,
        error: AgentResultResultMetaError? = nil
    ) {
        self.durationMs = durationMs
        self.runtime = runtime
        self.agentMeta = agentMeta
        self.aborted = aborted
        self.stopReason = stopReason
        self.pendingToolCalls = pendingToolCalls
        self.notice = notice
        self.error = error
    }
}

public struct AgentResultResultMetaAgentMeta: Codable, Sendable, Equatable {
    public var sessionId: String
    public var provider: String
    public var model: String
    public var usage: Usage?

    public init(
        sessionId: String,
        provider: String,
        model: String,
        usage: Usage? = nil
    ) {
        self.sessionId = sessionId
        self.provider = provider
        self.model = model
        self.usage = usage
    }
}

public struct AgentResultResultMetaError: Codable, Sendable, Equatable {
    public var kind: String
    public var message: String

    public init(
        kind: String,
        message: String
    ) {
        self.kind = kind
        self.message = message
    }
}

public struct AgentSessions: Codable, Sendable, Equatable {
    public var agentId: String
    public var path: String
    public var count: Int
    public var recent: [StatusSession]

    public init(
        agentId: String,
        path: String,
        count: Int,
        recent: [StatusSession]
    ) {
        self.agentId = agentId
        self.path = path
        self.count = count
        self.recent = recent
    }
}

/// Payload of session.tool.
public struct AgentToolEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var seq: Int
    public var ts: Int
    public var sessionKey: String?
    public let stream: String = "tool"
    public var data: ToolData

    public init(
        runId: String,
        seq: Int,
        ts: Int,
        sessionKey: String? = nil,
        data: ToolData
    ) {
        self.runId = runId
        self.seq = seq
        self.ts = ts
        self.sessionKey = sessionKey
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case seq
        case ts
        case sessionKey
        case stream
        case data
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.seq = try container.decode(Int.self, forKey: .seq)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.sessionKey = try container.decodeIfPresent(String.self, forKey: .sessionKey)
        try container.expect("tool", forKey: .stream)
        self.data = try container.decode(ToolData.self, forKey: .data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.ts, forKey: .ts)
        try container.encodeIfPresent(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.stream, forKey: .stream)
        try container.encode(self.data, forKey: .data)
    }
}

/// Params of agent.wait.
public struct AgentWaitParams: Codable, Sendable, Equatable {
    public var runId: String
    public var timeoutMs: Int?

    public init(
        runId: String,
        timeoutMs: Int? = nil
    ) {
        self.runId = runId
        self.timeoutMs = timeoutMs
    }
}

/// Result of agent.wait.
public struct AgentWaitResult: Codable, Sendable, Equatable {
    public var runId: String
    public var status: AgentWaitResultStatus
    public var startedAt: Int?
    public var endedAt: Int?
    public var error: String?

    public init(
        runId: String,
        status: AgentWaitResultStatus,
        startedAt: Int? = nil,
        endedAt: Int? = nil,
        error: String? = nil
    ) {
        self.runId = runId
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.error = error
    }
}

public enum AgentWaitResultStatus: RawRepresentable, Codable, Sendable, Hashable {
    case ok
    case error
    case timeout
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "ok": self = .ok
        case "error": self = .error
        case "timeout": self = .timeout
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .ok: "ok"
        case .error: "error"
        case .timeout: "timeout"
        case .unknown(let word): word
        }
    }
}

/// Params of agents.list.
public struct AgentsListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of agents.list.
public struct AgentsListResult: Codable, Sendable, Equatable {
    public var defaultId: String
    public var mainKey: String
    public var scope: AgentsListResultScope
    public var agents: [AgentEntry]

    public init(
        defaultId: String,
        mainKey: String,
        scope: AgentsListResultScope,
        agents: [AgentEntry]
    ) {
        self.defaultId = defaultId
        self.mainKey = mainKey
        self.scope = scope
        self.agents = agents
    }
}

public enum AgentsListResultScope: RawRepresentable, Codable, Sendable, Hashable {
    case perSender
    case global
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "per-sender": self = .perSender
        case "global": self = .global
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .perSender: "per-sender"
        case .global: "global"
        case .unknown(let word): word
        }
    }
}

public struct AnswerFormat: Codable, Sendable, Equatable {
    public var name: String?
    public var description: String?
    public var schema: [String: JSONValue]?
    public var strict: Bool?

    public init(
        name: String? = nil,
        description: String? = nil,
        schema: [String: JSONValue]? = nil,
        strict: Bool? = nil
    ) {
        self.name = name
        self.description = description
        self.schema = schema
        self.strict = strict
    }
}

public struct ApprovedSender: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var senderId: String
    public var senderName: String?
    public var owner: Bool
    public var approvedAt: Int

    public init(
        channel: String,
        accountId: String,
        senderId: String,
        senderName: String? = nil,
        owner: Bool,
        approvedAt: Int
    ) {
        self.channel = channel
        self.accountId = accountId
        self.senderId = senderId
        self.senderName = senderName
        self.owner = owner
        self.approvedAt = approvedAt
    }
}

public struct AssistantData: Codable, Sendable, Equatable {
    public var text: String
    public var delta: String

    public init(
        text: String,
        delta: String
    ) {
        self.text = text
        self.delta = delta
    }
}

public struct Attachment: Codable, Sendable, Equatable {
    public var type: String?
    public var mimeType: String?
    public var fileName: String?
    public var content: JSONValue?

    public init(
        type: String? = nil,
        mimeType: String? = nil,
        fileName: String? = nil,
        content: JSONValue? = nil
    ) {
        self.type = type
        self.mimeType = mimeType
        self.fileName = fileName
        self.content = content
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case mimeType
        case fileName
        case content
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.type = try container.decodeIfPresent(String.self, forKey: .type)
        self.mimeType = try container.decodeIfPresent(String.self, forKey: .mimeType)
        self.fileName = try container.decodeIfPresent(String.self, forKey: .fileName)
        self.content = try container.decodeWhenPresent(JSONValue.self, forKey: .content)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.type, forKey: .type)
        try container.encodeIfPresent(self.mimeType, forKey: .mimeType)
        try container.encodeIfPresent(self.fileName, forKey: .fileName)
        try container.encodeIfPresent(self.content, forKey: .content)
    }
}

/// Params of backup.create.
public struct BackupCreateParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of backup.create.
public struct BackupCreateResult: Codable, Sendable, Equatable {
    public var path: String
    public var bytes: Int
    public var sha256: String
    public var files: [String]

    public init(
        path: String,
        bytes: Int,
        sha256: String,
        files: [String]
    ) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.files = files
    }
}

public struct ChannelAccount: Codable, Sendable, Equatable {
    public var accountId: String
    public var name: String?
    public var enabled: Bool
    public var configured: Bool
    public var linked: Bool?
    public var running: Bool
    public var connected: Bool
    public var state: ChannelAccountState
    public var stateSince: Int
    public var mode: ChannelAccountMode?
    public var `as`: String?
    public var waitingUntil: Int?
    public var reconnectAttempts: Int
    public var failures: Int
    public var lastError: String?
    public var lastErrorAt: Int?
    public var hint: String?
    public var lastConnectedAt: Int?
    public var lastAliveAt: Int?
    public var lastStartAt: Int?
    public var lastStopAt: Int?
    public var lastInboundAt: Int?
    public var lastOutboundAt: Int?
    public var lastProbeAt: Int?
    public var probe: ChannelProbe?
    public var dmPolicy: String?
    public var allowFrom: [String]?
    public var tokenSource: ChannelAccountTokenSource?

    public init(
        accountId: String,
        name: String? = nil,
        enabled: Bool,
        configured: Bool,
        linked: Bool? = nil,
        running: Bool,
        connected: Bool,
        state: ChannelAccountState,
        stateSince: Int,
        mode: ChannelAccountMode? = nil,
        `as`: String? = nil,
        waitingUntil: Int?,
        reconnectAttempts: Int,
        failures: Int,
        lastError: String?,
        lastErrorAt: Int?,
        hint: String? = nil,
        lastConnectedAt: Int?,
        lastAliveAt: Int?,
        lastStartAt: Int?,
        lastStopAt: Int?,
        lastInboundAt: Int?,
        lastOutboundAt: Int?,
        lastProbeAt: Int?,
        probe: ChannelProbe? = nil,
        dmPolicy: String? = nil,
        allowFrom: [String]? = nil,
        tokenSource: ChannelAccountTokenSource? = nil
    ) {
        self.accountId = accountId
        self.name = name
        self.enabled = enabled
        self.configured = configured
        self.linked = linked
        self.running = running
        self.connected = connected
        self.state = state
        self.stateSince = stateSince
        self.mode = mode
        self.`as` = `as`
        self.waitingUntil = waitingUntil
        self.reconnectAttempts = reconnectAttempts
        self.failures = failures
        self.lastError = lastError
        self.lastErrorAt = lastErrorAt
        self.hint = hint
        self.lastConnectedAt = lastConnectedAt
        self.lastAliveAt = lastAliveAt
        self.lastStartAt = lastStartAt
        self.lastStopAt = lastStopAt
        self.lastInboundAt = lastInboundAt
        self.lastOutboundAt = lastOutboundAt
        self.lastProbeAt = lastProbeAt
        self.probe = probe
        self.dmPolicy = dmPolicy
        self.allowFrom = allowFrom
        self.tokenSource = tokenSource
    }

    private enum CodingKeys: String, CodingKey {
        case accountId
        case name
        case enabled
        case configured
        case linked
        case running
        case connected
        case state
        case stateSince
        case mode
        case `as`
        case waitingUntil
        case reconnectAttempts
        case failures
        case lastError
        case lastErrorAt
        case hint
        case lastConnectedAt
        case lastAliveAt
        case lastStartAt
        case lastStopAt
        case lastInboundAt
        case lastOutboundAt
        case lastProbeAt
        case probe
        case dmPolicy
        case allowFrom
        case tokenSource
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.accountId = try container.decode(String.self, forKey: .accountId)
        self.name = try container.decodeIfPresent(String.self, forKey: .name)
        self.enabled = try container.decode(Bool.self, forKey: .enabled)
        self.configured = try container.decode(Bool.self, forKey: .configured)
        self.linked = try container.decodeIfPresent(Bool.self, forKey: .linked)
        self.running = try container.decode(Bool.self, forKey: .running)
        self.connected = try container.decode(Bool.self, forKey: .connected)
        self.state = try container.decode(ChannelAccountState.self, forKey: .state)
        self.stateSince = try container.decode(Int.self, forKey: .stateSince)
        self.mode = try container.decodeIfPresent(ChannelAccountMode.self, forKey: .mode)
        self.`as` = try container.decodeIfPresent(String.self, forKey: .`as`)
        self.waitingUntil = try container.decode(Int?.self, forKey: .waitingUntil)
        self.reconnectAttempts = try container.decode(Int.self, forKey: .reconnectAttempts)
        self.failures = try container.decode(Int.self, forKey: .failures)
        self.lastError = try container.decode(String?.self, forKey: .lastError)
        self.lastErrorAt = try container.decode(Int?.self, forKey: .lastErrorAt)
        self.hint = try container.decodeIfPresent(String.self, forKey: .hint)
        self.lastConnectedAt = try container.decode(Int?.self, forKey: .lastConnectedAt)
        self.lastAliveAt = try container.decode(Int?.self, forKey: .lastAliveAt)
        self.lastStartAt = try container.decode(Int?.self, forKey: .lastStartAt)
        self.lastStopAt = try container.decode(Int?.self, forKey: .lastStopAt)
        self.lastInboundAt = try container.decode(Int?.self, forKey: .lastInboundAt)
        self.lastOutboundAt = try container.decode(Int?.self, forKey: .lastOutboundAt)
        self.lastProbeAt = try container.decode(Int?.self, forKey: .lastProbeAt)
        self.probe = try container.decodeIfPresent(ChannelProbe.self, forKey: .probe)
        self.dmPolicy = try container.decodeIfPresent(String.self, forKey: .dmPolicy)
        self.allowFrom = try container.decodeIfPresent([String].self, forKey: .allowFrom)
        self.tokenSource = try container.decodeIfPresent(ChannelAccountTokenSource.self, forKey: .tokenSource)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.accountId, forKey: .accountId)
        try container.encodeIfPresent(self.name, forKey: .name)
        try container.encode(self.enabled, forKey: .enabled)
        try container.encode(self.configured, forKey: .configured)
        try container.encodeIfPresent(self.linked, forKey: .linked)
        try container.encode(self.running, forKey: .running)
        try container.encode(self.connected, forKey: .connected)
        try container.encode(self.state, forKey: .state)
        try container.encode(self.stateSince, forKey: .stateSince)
        try container.encodeIfPresent(self.mode, forKey: .mode)
        try container.encodeIfPresent(self.`as`, forKey: .`as`)
        try container.encode(self.waitingUntil, forKey: .waitingUntil)
        try container.encode(self.reconnectAttempts, forKey: .reconnectAttempts)
        try container.encode(self.failures, forKey: .failures)
        try container.encode(self.lastError, forKey: .lastError)
        try container.encode(self.lastErrorAt, forKey: .lastErrorAt)
        try container.encodeIfPresent(self.hint, forKey: .hint)
        try container.encode(self.lastConnectedAt, forKey: .lastConnectedAt)
        try container.encode(self.lastAliveAt, forKey: .lastAliveAt)
        try container.encode(self.lastStartAt, forKey: .lastStartAt)
        try container.encode(self.lastStopAt, forKey: .lastStopAt)
        try container.encode(self.lastInboundAt, forKey: .lastInboundAt)
        try container.encode(self.lastOutboundAt, forKey: .lastOutboundAt)
        try container.encode(self.lastProbeAt, forKey: .lastProbeAt)
        try container.encodeIfPresent(self.probe, forKey: .probe)
        try container.encodeIfPresent(self.dmPolicy, forKey: .dmPolicy)
        try container.encodeIfPresent(self.allowFrom, forKey: .allowFrom)
        try container.encodeIfPresent(self.tokenSource, forKey: .tokenSource)
    }
}

public enum ChannelAccountMode: RawRepresentable, Codable, Sendable, Hashable {
    case polling
    case webhook
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "polling": self = .polling
        case "webhook": self = .webhook
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .polling: "polling"
        case .webhook: "webhook"
        case .unknown(let word): word
        }
    }
}

public enum ChannelAccountTokenSource: RawRepresentable, Codable, Sendable, Hashable {
    case config
    case env
    case `none`
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "config": self = .config
        case "env": self = .env
        case "none": self = .`none`
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .config: "config"
        case .env: "env"
        case .`none`: "none"
        case .unknown(let word): word
        }
    }
}

public enum ChannelAccountState: RawRepresentable, Codable, Sendable, Hashable {
    case off
    case stopped
    case connecting
    case connected
    case silent
    case waiting
    case needsLogin
    case blocked
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "off": self = .off
        case "stopped": self = .stopped
        case "connecting": self = .connecting
        case "connected": self = .connected
        case "silent": self = .silent
        case "waiting": self = .waiting
        case "needs login": self = .needsLogin
        case "blocked": self = .blocked
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .off: "off"
        case .stopped: "stopped"
        case .connecting: "connecting"
        case .connected: "connected"
        case .silent: "silent"
        case .waiting: "waiting"
        case .needsLogin: "needs login"
        case .blocked: "blocked"
        case .unknown(let word): word
        }
    }
}

public struct ChannelEntry: Codable, Sendable, Equatable {
    public var id: String
    public var label: String
    public var credential: String?
    public var accounts: [String]

    public init(
        id: String,
        label: String,
        credential: String?,
        accounts: [String]
    ) {
        self.id = id
        self.label = label
        self.credential = credential
        self.accounts = accounts
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case label
        case credential
        case accounts
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try container.decode(String.self, forKey: .id)
        self.label = try container.decode(String.self, forKey: .label)
        self.credential = try container.decode(String?.self, forKey: .credential)
        self.accounts = try container.decode([String].self, forKey: .accounts)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.label, forKey: .label)
        try container.encode(self.credential, forKey: .credential)
        try container.encode(self.accounts, forKey: .accounts)
    }
}

public struct ChannelLoginAsk: Codable, Sendable, Equatable {
    public let kind: String = "ask"
    public var ask: String
    public var label: String
    public var secret: Bool
    public var hint: String?

    public init(
        ask: String,
        label: String,
        secret: Bool,
        hint: String? = nil
    ) {
        self.ask = ask
        self.label = label
        self.secret = secret
        self.hint = hint
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case ask
        case label
        case secret
        case hint
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("ask", forKey: .kind)
        self.ask = try container.decode(String.self, forKey: .ask)
        self.label = try container.decode(String.self, forKey: .label)
        self.secret = try container.decode(Bool.self, forKey: .secret)
        self.hint = try container.decodeIfPresent(String.self, forKey: .hint)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.ask, forKey: .ask)
        try container.encode(self.label, forKey: .label)
        try container.encode(self.secret, forKey: .secret)
        try container.encodeIfPresent(self.hint, forKey: .hint)
    }
}

public struct ChannelLoginCode: Codable, Sendable, Equatable {
    public let kind: String = "code"
    public var code: String
    public var text: String
    public var expiresAt: Int

    public init(
        code: String,
        text: String,
        expiresAt: Int
    ) {
        self.code = code
        self.text = text
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case code
        case text
        case expiresAt
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("code", forKey: .kind)
        self.code = try container.decode(String.self, forKey: .code)
        self.text = try container.decode(String.self, forKey: .text)
        self.expiresAt = try container.decode(Int.self, forKey: .expiresAt)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.code, forKey: .code)
        try container.encode(self.text, forKey: .text)
        try container.encode(self.expiresAt, forKey: .expiresAt)
    }
}

public struct ChannelLoginDone: Codable, Sendable, Equatable {
    public let kind: String = "done"
    public var `as`: String
    public var next: String?
    public var keyIn: ChannelLoginDoneKeyIn?
    public var applied: Bool

    public init(
        `as`: String,
        next: String? = nil,
        keyIn: ChannelLoginDoneKeyIn?,
        applied: Bool
    ) {
        self.`as` = `as`
        self.next = next
        self.keyIn = keyIn
        self.applied = applied
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case `as`
        case next
        case keyIn
        case applied
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("done", forKey: .kind)
        self.`as` = try container.decode(String.self, forKey: .`as`)
        self.next = try container.decodeIfPresent(String.self, forKey: .next)
        self.keyIn = try container.decode(ChannelLoginDoneKeyIn?.self, forKey: .keyIn)
        self.applied = try container.decode(Bool.self, forKey: .applied)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.`as`, forKey: .`as`)
        try container.encodeIfPresent(self.next, forKey: .next)
        try container.encode(self.keyIn, forKey: .keyIn)
        try container.encode(self.applied, forKey: .applied)
    }
}

public enum ChannelLoginDoneKeyIn: RawRepresentable, Codable, Sendable, Hashable {
    case keychain
    case file
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "keychain": self = .keychain
        case "file": self = .file
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .keychain: "keychain"
        case .file: "file"
        case .unknown(let word): word
        }
    }
}

public struct ChannelLoginFlow: Codable, Sendable, Equatable {
    public var id: String
    public var label: String

    public init(
        id: String,
        label: String
    ) {
        self.id = id
        self.label = label
    }
}

/// Result of channels.login.start, result of channels.login.continue.
public struct ChannelLoginProgress: Codable, Sendable, Equatable {
    public var loginId: String
    public var channel: String
    public var accountId: String
    public var flow: String
    public var flows: [ChannelLoginFlow]
    public var step: ChannelLoginStep
    public var pending: Bool

    public init(
        loginId: String,
        channel: String,
        accountId: String,
        flow: String,
        flows: [ChannelLoginFlow],
        step: ChannelLoginStep,
        pending: Bool
    ) {
        self.loginId = loginId
        self.channel = channel
        self.accountId = accountId
        self.flow = flow
        self.flows = flows
        self.step = step
        self.pending = pending
    }
}

public struct ChannelLoginQr: Codable, Sendable, Equatable {
    public let kind: String = "qr"
    public var payload: String
    public var text: String
    public var expiresAt: Int

    public init(
        payload: String,
        text: String,
        expiresAt: Int
    ) {
        self.payload = payload
        self.text = text
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case payload
        case text
        case expiresAt
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("qr", forKey: .kind)
        self.payload = try container.decode(String.self, forKey: .payload)
        self.text = try container.decode(String.self, forKey: .text)
        self.expiresAt = try container.decode(Int.self, forKey: .expiresAt)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.payload, forKey: .payload)
        try container.encode(self.text, forKey: .text)
        try container.encode(self.expiresAt, forKey: .expiresAt)
    }
}

/// Told apart by `kind`; one that this build does not know is kept as it came.
public enum ChannelLoginStep: Codable, Sendable, Equatable {
    case qr(ChannelLoginQr)
    case code(ChannelLoginCode)
    case ask(ChannelLoginAsk)
    case tell(ChannelLoginTell)
    case wait(ChannelLoginWait)
    case done(ChannelLoginDone)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = "kind"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
        case "qr": self = .qr(try ChannelLoginQr(from: decoder))
        case "code": self = .code(try ChannelLoginCode(from: decoder))
        case "ask": self = .ask(try ChannelLoginAsk(from: decoder))
        case "tell": self = .tell(try ChannelLoginTell(from: decoder))
        case "wait": self = .wait(try ChannelLoginWait(from: decoder))
        case "done": self = .done(try ChannelLoginDone(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .qr(let value): try value.encode(to: encoder)
        case .code(let value): try value.encode(to: encoder)
        case .ask(let value): try value.encode(to: encoder)
        case .tell(let value): try value.encode(to: encoder)
        case .wait(let value): try value.encode(to: encoder)
        case .done(let value): try value.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }
}

public struct ChannelLoginTell: Codable, Sendable, Equatable {
    public let kind: String = "tell"
    public var text: String

    public init(
        text: String
    ) {
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case text
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("tell", forKey: .kind)
        self.text = try container.decode(String.self, forKey: .text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.text, forKey: .text)
    }
}

public struct ChannelLoginWait: Codable, Sendable, Equatable {
    public let kind: String = "wait"
    public var text: String

    public init(
        text: String
    ) {
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case text
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("wait", forKey: .kind)
        self.text = try container.decode(String.self, forKey: .text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.text, forKey: .text)
    }
}

public struct ChannelMeta: Codable, Sendable, Equatable {
    public var id: String
    public var label: String
    public var detailLabel: String
    public var systemImage: String?

    public init(
        id: String,
        label: String,
        detailLabel: String,
        systemImage: String? = nil
    ) {
        self.id = id
        self.label = label
        self.detailLabel = detailLabel
        self.systemImage = systemImage
    }
}

public struct ChannelProbe: Codable, Sendable, Equatable {
    public var ok: Bool
    public var elapsedMs: Int
    public var error: String?
    public var findings: [String]
    public var bot: ChannelProbeBot?

    public init(
        ok: Bool,
        elapsedMs: Int,
        error: String?,
        findings: [String],
        bot: ChannelProbeBot? = nil
    ) {
        self.ok = ok
        self.elapsedMs = elapsedMs
        self.error = error
        self.findings = findings
        self.bot = bot
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case elapsedMs
        case error
        case findings
        case bot
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.ok = try container.decode(Bool.self, forKey: .ok)
        self.elapsedMs = try container.decode(Int.self, forKey: .elapsedMs)
        self.error = try container.decode(String?.self, forKey: .error)
        self.findings = try container.decode([String].self, forKey: .findings)
        self.bot = try container.decodeIfPresent(ChannelProbeBot.self, forKey: .bot)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.elapsedMs, forKey: .elapsedMs)
        try container.encode(self.error, forKey: .error)
        try container.encode(self.findings, forKey: .findings)
        try container.encodeIfPresent(self.bot, forKey: .bot)
    }
}

public struct ChannelProbeBot: Codable, Sendable, Equatable {
    public var username: String

    public init(
        username: String
    ) {
        self.username = username
    }
}

/// Params of channels.add.
public struct ChannelsAddParams: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String?
    public var token: String?
    public var settings: [String: JSONValue]?
    public var test: Bool?

    public init(
        channel: String,
        accountId: String? = nil,
        token: String? = nil,
        settings: [String: JSONValue]? = nil,
        test: Bool? = nil
    ) {
        self.channel = channel
        self.accountId = accountId
        self.token = token
        self.settings = settings
        self.test = test
    }
}

/// Result of channels.add.
public struct ChannelsAddResult: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var `as`: String?
    public var findings: [String]
    public var keyIn: ChannelsAddResultKeyIn?
    public var applied: Bool

    public init(
        channel: String,
        accountId: String,
        `as`: String?,
        findings: [String],
        keyIn: ChannelsAddResultKeyIn?,
        applied: Bool
    ) {
        self.channel = channel
        self.accountId = accountId
        self.`as` = `as`
        self.findings = findings
        self.keyIn = keyIn
        self.applied = applied
    }

    private enum CodingKeys: String, CodingKey {
        case channel
        case accountId
        case `as`
        case findings
        case keyIn
        case applied
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.channel = try container.decode(String.self, forKey: .channel)
        self.accountId = try container.decode(String.self, forKey: .accountId)
        self.`as` = try container.decode(String?.self, forKey: .`as`)
        self.findings = try container.decode([String].self, forKey: .findings)
        self.keyIn = try container.decode(ChannelsAddResultKeyIn?.self, forKey: .keyIn)
        self.applied = try container.decode(Bool.self, forKey: .applied)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.channel, forKey: .channel)
        try container.encode(self.accountId, forKey: .accountId)
        try container.encode(self.`as`, forKey: .`as`)
        try container.encode(self.findings, forKey: .findings)
        try container.encode(self.keyIn, forKey: .keyIn)
        try container.encode(self.applied, forKey: .applied)
    }
}

public enum ChannelsAddResultKeyIn: RawRepresentable, Codable, Sendable, Hashable {
    case keychain
    case file
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "keychain": self = .keychain
        case "file": self = .file
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .keychain: "keychain"
        case .file: "file"
        case .unknown(let word): word
        }
    }
}

/// Params of channels.list.
public struct ChannelsListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of channels.list.
public struct ChannelsListResult: Codable, Sendable, Equatable {
    public var channels: [ChannelEntry]

    public init(
        channels: [ChannelEntry]
    ) {
        self.channels = channels
    }
}

/// Params of channels.login.cancel.
public struct ChannelsLoginCancelParams: Codable, Sendable, Equatable {
    public var loginId: String

    public init(
        loginId: String
    ) {
        self.loginId = loginId
    }
}

/// Result of channels.login.cancel.
public struct ChannelsLoginCancelResult: Codable, Sendable, Equatable {
    public var cancelled: Bool

    public init(
        cancelled: Bool
    ) {
        self.cancelled = cancelled
    }
}

/// Params of channels.login.continue.
public struct ChannelsLoginContinueParams: Codable, Sendable, Equatable {
    public var loginId: String
    public var answer: String?
    public var timeoutMs: Int?

    public init(
        loginId: String,
        answer: String? = nil,
        timeoutMs: Int? = nil
    ) {
        self.loginId = loginId
        self.answer = answer
        self.timeoutMs = timeoutMs
    }
}

public typealias ChannelsLoginContinueResult = ChannelLoginProgress

/// Params of channels.login.start.
public struct ChannelsLoginStartParams: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String?
    public var flow: String?
    public var settings: [String: JSONValue]?

    public init(
        channel: String,
        accountId: String? = nil,
        flow: String? = nil,
        settings: [String: JSONValue]? = nil
    ) {
        self.channel = channel
        self.accountId = accountId
        self.flow = flow
        self.settings = settings
    }
}

public typealias ChannelsLoginStartResult = ChannelLoginProgress

/// Params of channels.logout.
public struct ChannelsLogoutParams: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String?

    public init(
        channel: String,
        accountId: String? = nil
    ) {
        self.channel = channel
        self.accountId = accountId
    }
}

/// Result of channels.logout.
public struct ChannelsLogoutResult: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var cleared: Bool
    public var loggedOut: Bool
    public var envToken: Bool

    public init(
        channel: String,
        accountId: String,
        cleared: Bool,
        loggedOut: Bool,
        envToken: Bool
    ) {
        self.channel = channel
        self.accountId = accountId
        self.cleared = cleared
        self.loggedOut = loggedOut
        self.envToken = envToken
    }
}

/// Params of channels.remove.
public struct ChannelsRemoveParams: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String?

    public init(
        channel: String,
        accountId: String? = nil
    ) {
        self.channel = channel
        self.accountId = accountId
    }
}

/// Result of channels.remove.
public struct ChannelsRemoveResult: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var removed: Bool

    public init(
        channel: String,
        accountId: String,
        removed: Bool
    ) {
        self.channel = channel
        self.accountId = accountId
        self.removed = removed
    }
}

/// Params of channels.status.
public struct ChannelsStatusParams: Codable, Sendable, Equatable {
    public var probe: Bool?
    public var timeoutMs: Int?

    public init(
        probe: Bool? = nil,
        timeoutMs: Int? = nil
    ) {
        self.probe = probe
        self.timeoutMs = timeoutMs
    }
}

/// Result of channels.status.
public struct ChannelsStatusResult: Codable, Sendable, Equatable {
    public var ts: Int
    public var channelOrder: [String]
    public var channelLabels: [String: String]
    public var channelDetailLabels: [String: String]
    public var channelSystemImages: [String: String]
    public var channelMeta: [ChannelMeta]
    public var channels: [String: [String: JSONValue]]
    public var channelAccounts: [String: [ChannelAccount]]
    public var channelDefaultAccountId: [String: String]

    public init(
        ts: Int,
        channelOrder: [String],
        channelLabels: [String: String],
        channelDetailLabels: [String: String],
        channelSystemImages: [String: String],
        channelMeta: [ChannelMeta],
        channels: [String: [String: JSONValue]],
        channelAccounts: [String: [ChannelAccount]],
        channelDefaultAccountId: [String: String]
    ) {
        self.ts = ts
        self.channelOrder = channelOrder
        self.channelLabels = channelLabels
        self.channelDetailLabels = channelDetailLabels
        self.channelSystemImages = channelSystemImages
        self.channelMeta = channelMeta
        self.channels = channels
        self.channelAccounts = channelAccounts
        self.channelDefaultAccountId = channelDefaultAccountId
    }
}

/// Params of chat.abort.
public struct ChatAbortParams: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var runId: String?
    public var agentId: String?
    public var preserveSideRuns: Bool?

    public init(
        sessionKey: String,
        runId: String? = nil,
        agentId: String? = nil,
        preserveSideRuns: Bool? = nil
    ) {
        self.sessionKey = sessionKey
        self.runId = runId
        self.agentId = agentId
        self.preserveSideRuns = preserveSideRuns
    }
}

/// Result of chat.abort.
public struct ChatAbortResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var aborted: Bool
    public var runIds: [String]

    public init(
        ok: Bool,
        aborted: Bool,
        runIds: [String]
    ) {
        self.ok = ok
        self.aborted = aborted
        self.runIds = runIds
    }
}

public struct ChatAbortedEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var sessionKey: String
    public var seq: Int
    public let state: String = "aborted"
    public var stopReason: String
    public var message: ChatMessage?

    public init(
        runId: String,
        sessionKey: String,
        seq: Int,
        stopReason: String,
        message: ChatMessage? = nil
    ) {
        self.runId = runId
        self.sessionKey = sessionKey
        self.seq = seq
        self.stopReason = stopReason
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case sessionKey
        case seq
        case state
        case stopReason
        case message
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.seq = try container.decode(Int.self, forKey: .seq)
        try container.expect("aborted", forKey: .state)
        self.stopReason = try container.decode(String.self, forKey: .stopReason)
        self.message = try container.decodeIfPresent(ChatMessage.self, forKey: .message)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.state, forKey: .state)
        try container.encode(self.stopReason, forKey: .stopReason)
        try container.encodeIfPresent(self.message, forKey: .message)
    }
}

public struct ChatDeltaEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var sessionKey: String
    public var seq: Int
    public let state: String = "delta"
    public var message: ChatMessage
    public var deltaText: String
    public var replace: Bool?

    public init(
        runId: String,
        sessionKey: String,
        seq: Int,
        message: ChatMessage,
        deltaText: String,
        replace: Bool? = nil
    ) {
        self.runId = runId
        self.sessionKey = sessionKey
        self.seq = seq
        self.message = message
        self.deltaText = deltaText
        self.replace = replace
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case sessionKey
        case seq
        case state
        case message
        case deltaText
        case replace
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.seq = try container.decode(Int.self, forKey: .seq)
        try container.expect("delta", forKey: .state)
        self.message = try container.decode(ChatMessage.self, forKey: .message)
        self.deltaText = try container.decode(String.self, forKey: .deltaText)
        self.replace = try container.decodeIfPresent(Bool.self, forKey: .replace)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.state, forKey: .state)
        try container.encode(self.message, forKey: .message)
        try container.encode(self.deltaText, forKey: .deltaText)
        try container.encodeIfPresent(self.replace, forKey: .replace)
    }
}

public struct ChatErrorEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var sessionKey: String
    public var seq: Int
    public let state: String = "error"
    public var errorMessage: String
    public var errorKind: ChatErrorEventErrorKind?
    public var message: ChatMessage?

    public init(
        runId: String,
        sessionKey: String,
        seq: Int,
        errorMessage: String,
        errorKind: ChatErrorEventErrorKind? = nil,
        message: ChatMessage? = nil
    ) {
        self.runId = runId
        self.sessionKey = sessionKey
        self.seq = seq
        self.errorMessage = errorMessage
        self.errorKind = errorKind
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case sessionKey
        case seq
        case state
        case errorMessage
        case errorKind
        case message
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.seq = try container.decode(Int.self, forKey: .seq)
        try container.expect("error", forKey: .state)
        self.errorMessage = try container.decode(String.self, forKey: .errorMessage)
        self.errorKind = try container.decodeIfPresent(ChatErrorEventErrorKind.self, forKey: .errorKind)
        self.message = try container.decodeIfPresent(ChatMessage.self, forKey: .message)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.state, forKey: .state)
        try container.encode(self.errorMessage, forKey: .errorMessage)
        try container.encodeIfPresent(self.errorKind, forKey: .errorKind)
        try container.encodeIfPresent(self.message, forKey: .message)
    }
}

public enum ChatErrorEventErrorKind: RawRepresentable, Codable, Sendable, Hashable {
    case refusal
    case timeout
    case rateLimit
    case contextLength
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "refusal": self = .refusal
        case "timeout": self = .timeout
        case "rate_limit": self = .rateLimit
        case "context_length": self = .contextLength
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .refusal: "refusal"
        case .timeout: "timeout"
        case .rateLimit: "rate_limit"
        case .contextLength: "context_length"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

/// Payload of chat.
public enum ChatEvent: Codable, Sendable, Equatable {
    case delta(ChatDeltaEvent)
    case `final`(ChatFinalEvent)
    case aborted(ChatAbortedEvent)
    case error(ChatErrorEvent)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = "state"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
        case "delta": self = .delta(try ChatDeltaEvent(from: decoder))
        case "final": self = .`final`(try ChatFinalEvent(from: decoder))
        case "aborted": self = .aborted(try ChatAbortedEvent(from: decoder))
        case "error": self = .error(try ChatErrorEvent(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .delta(let value): try value.encode(to: encoder)
        case .`final`(let value): try value.encode(to: encoder)
        case .aborted(let value): try value.encode(to: encoder)
        case .error(let value): try value.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }
}

public struct ChatFinalEvent: Codable, Sendable, Equatable {
    public var runId: String
    public var sessionKey: String
    public var seq: Int
    public let state: String = "final"
    public var message: ChatMessage?

    public init(
        runId: String,
        sessionKey: String,
        seq: Int,
        message: ChatMessage? = nil
    ) {
        self.runId = runId
        self.sessionKey = sessionKey
        self.seq = seq
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case runId
        case sessionKey
        case seq
        case state
        case message
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.seq = try container.decode(Int.self, forKey: .seq)
        try container.expect("final", forKey: .state)
        self.message = try container.decodeIfPresent(ChatMessage.self, forKey: .message)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.seq, forKey: .seq)
        try container.encode(self.state, forKey: .state)
        try container.encodeIfPresent(self.message, forKey: .message)
    }
}

/// Params of chat.history.
public struct ChatHistoryParams: Codable, Sendable, Equatable {
    public var sessionKey: String?
    /// default 200
    public var limit: Int?
    public var agentId: String?
    public var sessionId: String?
    public var cursor: String?
    public var maxChars: Int?

    public init(
        sessionKey: String? = nil,
        limit: Int? = nil,
        agentId: String? = nil,
        sessionId: String? = nil,
        cursor: String? = nil,
        maxChars: Int? = nil
    ) {
        self.sessionKey = sessionKey
        self.limit = limit
        self.agentId = agentId
        self.sessionId = sessionId
        self.cursor = cursor
        self.maxChars = maxChars
    }
}

/// Result of chat.history.
public struct ChatHistoryResult: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var sessionId: String?
    public var messages: [ChatMessage]
    public var thinkingLevel: String?
    public var sessionInfo: SessionRow?
    public var hasMore: Bool
    public var nextCursor: String?
    public var totalMessages: Int
    public var inFlightRun: ChatHistoryResultInFlightRun?

    public init(
        sessionKey: String,
        sessionId: String? = nil,
        messages: [ChatMessage],
        thinkingLevel: String? = nil,
        sessionInfo: SessionRow? = nil,
        hasMore: Bool,
        nextCursor: String? = nil,
        totalMessages: Int,
        inFlightRun: ChatHistoryResultInFlightRun? = nil
    ) {
        self.sessionKey = sessionKey
        self.sessionId = sessionId
        self.messages = messages
        self.thinkingLevel = thinkingLevel
        self.sessionInfo = sessionInfo
        self.hasMore = hasMore
        self.nextCursor = nextCursor
        self.totalMessages = totalMessages
        self.inFlightRun = inFlightRun
    }
}

public struct ChatHistoryResultInFlightRun: Codable, Sendable, Equatable {
    public var runId: String
    public var text: String

    public init(
        runId: String,
        text: String
    ) {
        self.runId = runId
        self.text = text
    }
}

/// Params of chat.inject.
public struct ChatInjectParams: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var message: String
    public var label: String?

    public init(
        sessionKey: String,
        message: String,
        label: String? = nil
    ) {
        self.sessionKey = sessionKey
        self.message = message
        self.label = label
    }
}

/// Result of chat.inject.
public struct ChatInjectResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var messageId: String

    public init(
        ok: Bool,
        messageId: String
    ) {
        self.ok = ok
        self.messageId = messageId
    }
}

public struct ChatMessage: Codable, Sendable, Equatable {
    public var role: ChatRole
    public var content: [ContentPart]
    public var timestamp: Int
    public var id: String?
    public var idempotencyKey: String?
    public var command: Bool?
    public var runId: String?
    public var runtime: String?
    public var provider: String?
    public var model: String?
    public var usage: Usage?
    public var stopReason: String?
    public var errorMessage: String?
    public var notice: String?
    public var toolCallId: String?
    public var toolName: String?
    public var isError: Bool?

    public init(
        role: ChatRole,
        content: [ContentPart],
        timestamp: Int,
        id: String? = nil,
        idempotencyKey: String? = nil,
        command: Bool? = nil,
        runId: String? = nil,
        runtime: String? = nil,
        provider: String? = nil,
        model: String? = nil,
        usage: Usage? = nil,
        stopReason: String? = nil,
        errorMessage: String? = nil,
        notice: String? = nil,
        toolCallId: String? = nil,
        toolName: String? = nil,
        isError: Bool? = nil
    ) {
        self.role = role
        self.content = content
        self.timestamp = timestamp
        self.id = id
        self.idempotencyKey = idempotencyKey
        self.command = command
        self.runId = runId
        self.runtime = runtime
        self.provider = provider
        self.model = model
        self.usage = usage
        self.stopReason = stopReason
        self.errorMessage = errorMessage
        self.notice = notice
        self.toolCallId = toolCallId
        self.toolName = toolName
        self.isError = isError
    }
}

public enum ChatRole: RawRepresentable, Codable, Sendable, Hashable {
    case user
    case assistant
    case toolResult
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "user": self = .user
        case "assistant": self = .assistant
        case "toolResult": self = .toolResult
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .user: "user"
        case .assistant: "assistant"
        case .toolResult: "toolResult"
        case .unknown(let word): word
        }
    }
}

/// Params of chat.send.
public struct ChatSendParams: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var message: String
    public var idempotencyKey: String
    public var thinking: String?
    public var deliver: Bool?
    public var attachments: [Attachment]?
    public var timeoutMs: Int?
    public var agentId: String?
    public var sessionId: String?
    public var replyToId: String?
    public var queueMode: String?

    public init(
        sessionKey: String,
        message: String,
        idempotencyKey: String,
        thinking: String? = nil,
        deliver: Bool? = nil,
        attachments: [Attachment]? = nil,
        timeoutMs: Int? = nil,
        agentId: String? = nil,
        sessionId: String? = nil,
        replyToId: String? = nil,
        queueMode: String? = nil
    ) {
        self.sessionKey = sessionKey
        self.message = message
        self.idempotencyKey = idempotencyKey
        self.thinking = thinking
        self.deliver = deliver
        self.attachments = attachments
        self.timeoutMs = timeoutMs
        self.agentId = agentId
        self.sessionId = sessionId
        self.replyToId = replyToId
        self.queueMode = queueMode
    }
}

/// Result of chat.send.
public struct ChatSendResult: Codable, Sendable, Equatable {
    public var runId: String?
    public var status: ChatSendResultStatus?
    public var ok: Bool?
    public var aborted: Bool?
    public var runIds: [String]?

    public init(
        runId: String? = nil,
        status: ChatSendResultStatus? = nil,
        ok: Bool? = nil,
        aborted: Bool? = nil,
        runIds: [String]? = nil
    ) {
        self.runId = runId
        self.status = status
        self.ok = ok
        self.aborted = aborted
        self.runIds = runIds
    }
}

public enum ChatSendResultStatus: RawRepresentable, Codable, Sendable, Hashable {
    case started
    case inFlight
    case ok
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "started": self = .started
        case "in_flight": self = .inFlight
        case "ok": self = .ok
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .started: "started"
        case .inFlight: "in_flight"
        case .ok: "ok"
        case .unknown(let word): word
        }
    }
}

/// Params of chat.subscribe.
public struct ChatSubscribeParams: Codable, Sendable, Equatable {
    public var sessionKey: String

    public init(
        sessionKey: String
    ) {
        self.sessionKey = sessionKey
    }
}

/// Result of chat.subscribe.
public struct ChatSubscribeResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var sessionKey: String

    public init(
        ok: Bool,
        sessionKey: String
    ) {
        self.ok = ok
        self.sessionKey = sessionKey
    }
}

public struct ClientInfo: Codable, Sendable, Equatable {
    public var id: String
    public var displayName: String?
    public var version: String
    public var buildId: String?
    public var platform: String
    public var deviceFamily: String?
    public var modelIdentifier: String?
    public var timeZone: String?
    public var mode: ClientMode
    public var instanceId: String?

    public init(
        id: String,
        displayName: String? = nil,
        version: String,
        buildId: String? = nil,
        platform: String,
        deviceFamily: String? = nil,
        modelIdentifier: String? = nil,
        timeZone: String? = nil,
        mode: ClientMode,
        instanceId: String? = nil
    ) {
        self.id = id
        self.displayName = displayName
        self.version = version
        self.buildId = buildId
        self.platform = platform
        self.deviceFamily = deviceFamily
        self.modelIdentifier = modelIdentifier
        self.timeZone = timeZone
        self.mode = mode
        self.instanceId = instanceId
    }
}

public enum ClientMode: RawRepresentable, Codable, Sendable, Hashable {
    case webchat
    case cli
    case ui
    case backend
    case node
    case probe
    case test
    case worker
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "webchat": self = .webchat
        case "cli": self = .cli
        case "ui": self = .ui
        case "backend": self = .backend
        case "node": self = .node
        case "probe": self = .probe
        case "test": self = .test
        case "worker": self = .worker
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .webchat: "webchat"
        case .cli: "cli"
        case .ui: "ui"
        case .backend: "backend"
        case .node: "node"
        case .probe: "probe"
        case .test: "test"
        case .worker: "worker"
        case .unknown(let word): word
        }
    }
}

public struct ClientTool: Codable, Sendable, Equatable {
    public var name: String
    public var description: String?
    public var parameters: [String: JSONValue]
    public var strict: Bool?

    public init(
        name: String,
        description: String? = nil,
        parameters: [String: JSONValue],
        strict: Bool? = nil
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strict = strict
    }
}

public struct ClientToolResult: Codable, Sendable, Equatable {
    public var toolCallId: String
    public var toolName: String?
    public var content: String

    public init(
        toolCallId: String,
        toolName: String? = nil,
        content: String
    ) {
        self.toolCallId = toolCallId
        self.toolName = toolName
        self.content = content
    }
}

public struct CommandArgument: Codable, Sendable, Equatable {
    public var name: String
    public var description: String
    public var type: CommandArgumentType
    public var `required`: Bool?

    public init(
        name: String,
        description: String,
        type: CommandArgumentType,
        `required`: Bool? = nil
    ) {
        self.name = name
        self.description = description
        self.type = type
        self.`required` = `required`
    }
}

public enum CommandArgumentType: RawRepresentable, Codable, Sendable, Hashable {
    case string
    case number
    case boolean
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "string": self = .string
        case "number": self = .number
        case "boolean": self = .boolean
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .string: "string"
        case .number: "number"
        case .boolean: "boolean"
        case .unknown(let word): word
        }
    }
}

public struct CommandEntry: Codable, Sendable, Equatable {
    public var name: String
    public var textAliases: [String]
    public var description: String
    public var descriptions: CommandEntryDescriptions
    public var source: CommandEntrySource
    public var scope: CommandEntryScope
    public var acceptsArgs: Bool
    public var args: [CommandArgument]?

    public init(
        name: String,
        textAliases: [String],
        description: String,
        descriptions: CommandEntryDescriptions,
        source: CommandEntrySource,
        scope: CommandEntryScope,
        acceptsArgs: Bool,
        args: [CommandArgument]? = nil
    ) {
        self.name = name
        self.textAliases = textAliases
        self.description = description
        self.descriptions = descriptions
        self.source = source
        self.scope = scope
        self.acceptsArgs = acceptsArgs
        self.args = args
    }
}

public struct CommandEntryDescriptions: Codable, Sendable, Equatable {
    public var en: String
    public var zh: String

    public init(
        en: String,
        zh: String
    ) {
        self.en = en
        self.zh = zh
    }
}

public enum CommandEntrySource: RawRepresentable, Codable, Sendable, Hashable {
    case native
    case skill
    case plugin
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "native": self = .native
        case "skill": self = .skill
        case "plugin": self = .plugin
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .native: "native"
        case .skill: "skill"
        case .plugin: "plugin"
        case .unknown(let word): word
        }
    }
}

public enum CommandEntryScope: RawRepresentable, Codable, Sendable, Hashable {
    case text
    case native
    case both
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "text": self = .text
        case "native": self = .native
        case "both": self = .both
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .text: "text"
        case .native: "native"
        case .both: "both"
        case .unknown(let word): word
        }
    }
}

/// Params of commands.list.
public struct CommandsListParams: Codable, Sendable, Equatable {
    public var agentId: String?
    public var provider: String?
    public var scope: CommandsListParamsScope?
    public var includeArgs: Bool?

    public init(
        agentId: String? = nil,
        provider: String? = nil,
        scope: CommandsListParamsScope? = nil,
        includeArgs: Bool? = nil
    ) {
        self.agentId = agentId
        self.provider = provider
        self.scope = scope
        self.includeArgs = includeArgs
    }
}

public enum CommandsListParamsScope: RawRepresentable, Codable, Sendable, Hashable {
    case text
    case native
    case both
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "text": self = .text
        case "native": self = .native
        case "both": self = .both
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .text: "text"
        case .native: "native"
        case .both: "both"
        case .unknown(let word): word
        }
    }
}

/// Result of commands.list.
public struct CommandsListResult: Codable, Sendable, Equatable {
    public var commands: [CommandEntry]

    public init(
        commands: [CommandEntry]
    ) {
        self.commands = commands
    }
}

/// Params of config.apply.
public struct ConfigApplyParams: Codable, Sendable, Equatable {
    public var raw: String
    public var baseHash: String?
    public var sessionKey: String?
    public var note: String?
    public var restartDelayMs: Int?

    public init(
        raw: String,
        baseHash: String? = nil,
        sessionKey: String? = nil,
        note: String? = nil,
        restartDelayMs: Int? = nil
    ) {
        self.raw = raw
        self.baseHash = baseHash
        self.sessionKey = sessionKey
        self.note = note
        self.restartDelayMs = restartDelayMs
    }
}

/// Result of config.apply.
public struct ConfigApplyResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var path: String
    public var config: [String: JSONValue]
    public var hash: String
    public var changed: Bool
    public var applied: [String]
    public var needsRestart: [String]
    public var warnings: [ConfigIssue]
    public var restart: ConfigRestart?
    public var sentinel: ConfigSentinel

    public init(
        ok: Bool,
        path: String,
        config: [String: JSONValue],
        hash: String,
        changed: Bool,
        applied: [String],
        needsRestart: [String],
        warnings: [ConfigIssue],
        restart: ConfigRestart?,
        sentinel: ConfigSentinel
    ) {
        self.ok = ok
        self.path = path
        self.config = config
        self.hash = hash
        self.changed = changed
        self.applied = applied
        self.needsRestart = needsRestart
        self.warnings = warnings
        self.restart = restart
        self.sentinel = sentinel
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case path
        case config
        case hash
        case changed
        case applied
        case needsRestart
        case warnings
        case restart
        case sentinel
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.ok = try container.decode(Bool.self, forKey: .ok)
        self.path = try container.decode(String.self, forKey: .path)
        self.config = try container.decode([String: JSONValue].self, forKey: .config)
        self.hash = try container.decode(String.self, forKey: .hash)
        self.changed = try container.decode(Bool.self, forKey: .changed)
        self.applied = try container.decode([String].self, forKey: .applied)
        self.needsRestart = try container.decode([String].self, forKey: .needsRestart)
        self.warnings = try container.decode([ConfigIssue].self, forKey: .warnings)
        self.restart = try container.decode(ConfigRestart?.self, forKey: .restart)
        self.sentinel = try container.decode(ConfigSentinel.self, forKey: .sentinel)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.config, forKey: .config)
        try container.encode(self.hash, forKey: .hash)
        try container.encode(self.changed, forKey: .changed)
        try container.encode(self.applied, forKey: .applied)
        try container.encode(self.needsRestart, forKey: .needsRestart)
        try container.encode(self.warnings, forKey: .warnings)
        try container.encode(self.restart, forKey: .restart)
        try container.encode(self.sentinel, forKey: .sentinel)
    }
}

/// Params of config.get.
public struct ConfigGetParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of config.get.
public struct ConfigGetResult: Codable, Sendable, Equatable {
    public var path: String
    public var exists: Bool
    public var raw: String?
    public var parsed: JSONValue
    public var valid: Bool
    public var config: [String: JSONValue]
    public var hash: String
    public var issues: [ConfigIssue]
    public var warnings: [ConfigIssue]
    public var legacyIssues: [ConfigIssue]

    public init(
        path: String,
        exists: Bool,
        raw: String?,
        parsed: JSONValue,
        valid: Bool,
        config: [String: JSONValue],
        hash: String,
        issues: [ConfigIssue],
        warnings: [ConfigIssue],
        legacyIssues: [ConfigIssue]
    ) {
        self.path = path
        self.exists = exists
        self.raw = raw
        self.parsed = parsed
        self.valid = valid
        self.config = config
        self.hash = hash
        self.issues = issues
        self.warnings = warnings
        self.legacyIssues = legacyIssues
    }

    private enum CodingKeys: String, CodingKey {
        case path
        case exists
        case raw
        case parsed
        case valid
        case config
        case hash
        case issues
        case warnings
        case legacyIssues
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.path = try container.decode(String.self, forKey: .path)
        self.exists = try container.decode(Bool.self, forKey: .exists)
        self.raw = try container.decode(String?.self, forKey: .raw)
        self.parsed = try container.decode(JSONValue.self, forKey: .parsed)
        self.valid = try container.decode(Bool.self, forKey: .valid)
        self.config = try container.decode([String: JSONValue].self, forKey: .config)
        self.hash = try container.decode(String.self, forKey: .hash)
        self.issues = try container.decode([ConfigIssue].self, forKey: .issues)
        self.warnings = try container.decode([ConfigIssue].self, forKey: .warnings)
        self.legacyIssues = try container.decode([ConfigIssue].self, forKey: .legacyIssues)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.exists, forKey: .exists)
        try container.encode(self.raw, forKey: .raw)
        try container.encode(self.parsed, forKey: .parsed)
        try container.encode(self.valid, forKey: .valid)
        try container.encode(self.config, forKey: .config)
        try container.encode(self.hash, forKey: .hash)
        try container.encode(self.issues, forKey: .issues)
        try container.encode(self.warnings, forKey: .warnings)
        try container.encode(self.legacyIssues, forKey: .legacyIssues)
    }
}

public struct ConfigIssue: Codable, Sendable, Equatable {
    public var path: String
    public var message: String
    public var zh: String?

    public init(
        path: String,
        message: String,
        zh: String? = nil
    ) {
        self.path = path
        self.message = message
        self.zh = zh
    }
}

/// Params of config.patch.
public struct ConfigPatchParams: Codable, Sendable, Equatable {
    public var raw: String
    public var baseHash: String?
    public var sessionKey: String?
    public var note: String?
    public var restartDelayMs: Int?

    public init(
        raw: String,
        baseHash: String? = nil,
        sessionKey: String? = nil,
        note: String? = nil,
        restartDelayMs: Int? = nil
    ) {
        self.raw = raw
        self.baseHash = baseHash
        self.sessionKey = sessionKey
        self.note = note
        self.restartDelayMs = restartDelayMs
    }
}

/// Result of config.patch.
public struct ConfigPatchResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var path: String
    public var config: [String: JSONValue]
    public var hash: String
    public var changed: Bool
    public var applied: [String]
    public var needsRestart: [String]
    public var warnings: [ConfigIssue]
    public var restart: ConfigRestart?
    public var sentinel: ConfigSentinel

    public init(
        ok: Bool,
        path: String,
        config: [String: JSONValue],
        hash: String,
        changed: Bool,
        applied: [String],
        needsRestart: [String],
        warnings: [ConfigIssue],
        restart: ConfigRestart?,
        sentinel: ConfigSentinel
    ) {
        self.ok = ok
        self.path = path
        self.config = config
        self.hash = hash
        self.changed = changed
        self.applied = applied
        self.needsRestart = needsRestart
        self.warnings = warnings
        self.restart = restart
        self.sentinel = sentinel
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case path
        case config
        case hash
        case changed
        case applied
        case needsRestart
        case warnings
        case restart
        case sentinel
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.ok = try container.decode(Bool.self, forKey: .ok)
        self.path = try container.decode(String.self, forKey: .path)
        self.config = try container.decode([String: JSONValue].self, forKey: .config)
        self.hash = try container.decode(String.self, forKey: .hash)
        self.changed = try container.decode(Bool.self, forKey: .changed)
        self.applied = try container.decode([String].self, forKey: .applied)
        self.needsRestart = try container.decode([String].self, forKey: .needsRestart)
        self.warnings = try container.decode([ConfigIssue].self, forKey: .warnings)
        self.restart = try container.decode(ConfigRestart?.self, forKey: .restart)
        self.sentinel = try container.decode(ConfigSentinel.self, forKey: .sentinel)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.config, forKey: .config)
        try container.encode(self.hash, forKey: .hash)
        try container.encode(self.changed, forKey: .changed)
        try container.encode(self.applied, forKey: .applied)
        try container.encode(self.needsRestart, forKey: .needsRestart)
        try container.encode(self.warnings, forKey: .warnings)
        try container.encode(self.restart, forKey: .restart)
        try container.encode(self.sentinel, forKey: .sentinel)
    }
}

public struct ConfigRestart: Codable, Sendable, Equatable {
    public var ok: Bool
    public var pid: Int
    public var reason: String

    public init(
        ok: Bool,
        pid: Int,
        reason: String
    ) {
        self.ok = ok
        self.pid = pid
        self.reason = reason
    }
}

/// Params of config.schema.
public struct ConfigSchemaParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of config.schema.
public struct ConfigSchemaResult: Codable, Sendable, Equatable {
    public var schema: [String: JSONValue]
    public var uiHints: [String: ConfigUiHint]
    public var version: String
    public var generatedAt: String

    public init(
        schema: [String: JSONValue],
        uiHints: [String: ConfigUiHint],
        version: String,
        generatedAt: String
    ) {
        self.schema = schema
        self.uiHints = uiHints
        self.version = version
        self.generatedAt = generatedAt
    }
}

public struct ConfigSentinel: Codable, Sendable, Equatable {
    public var path: String?
    public var payload: ConfigSentinelPayload

    public init(
        path: String?,
        payload: ConfigSentinelPayload
    ) {
        self.path = path
        self.payload = payload
    }

    private enum CodingKeys: String, CodingKey {
        case path
        case payload
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.path = try container.decode(String?.self, forKey: .path)
        self.payload = try container.decode(ConfigSentinelPayload.self, forKey: .payload)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.payload, forKey: .payload)
    }
}

public struct ConfigSentinelPayload: Codable, Sendable, Equatable {
    public var kind: ConfigSentinelPayloadKind
    public var status: ConfigSentinelPayloadStatus
    public var ts: Int
    public var sessionKey: String?
    public var message: String?
    public var doctorHint: String
    public var stats: ConfigSentinelPayloadStats

    public init(
        kind: ConfigSentinelPayloadKind,
        status: ConfigSentinelPayloadStatus,
        ts: Int,
        sessionKey: String? = nil,
        message: String?,
        doctorHint: String,
        stats: ConfigSentinelPayloadStats
    ) {
        self.kind = kind
        self.status = status
        self.ts = ts
        self.sessionKey = sessionKey
        self.message = message
        self.doctorHint = doctorHint
        self.stats = stats
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case status
        case ts
        case sessionKey
        case message
        case doctorHint
        case stats
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.kind = try container.decode(ConfigSentinelPayloadKind.self, forKey: .kind)
        self.status = try container.decode(ConfigSentinelPayloadStatus.self, forKey: .status)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.sessionKey = try container.decodeIfPresent(String.self, forKey: .sessionKey)
        self.message = try container.decode(String?.self, forKey: .message)
        self.doctorHint = try container.decode(String.self, forKey: .doctorHint)
        self.stats = try container.decode(ConfigSentinelPayloadStats.self, forKey: .stats)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.status, forKey: .status)
        try container.encode(self.ts, forKey: .ts)
        try container.encodeIfPresent(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.message, forKey: .message)
        try container.encode(self.doctorHint, forKey: .doctorHint)
        try container.encode(self.stats, forKey: .stats)
    }
}

public enum ConfigSentinelPayloadKind: RawRepresentable, Codable, Sendable, Hashable {
    case configApply
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "config-apply": self = .configApply
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .configApply: "config-apply"
        case .unknown(let word): word
        }
    }
}

public enum ConfigSentinelPayloadStatus: RawRepresentable, Codable, Sendable, Hashable {
    case ok
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "ok": self = .ok
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .ok: "ok"
        case .unknown(let word): word
        }
    }
}

public struct ConfigSentinelPayloadStats: Codable, Sendable, Equatable {
    public var mode: ConfigSentinelPayloadStatsMode
    public var root: String

    public init(
        mode: ConfigSentinelPayloadStatsMode,
        root: String
    ) {
        self.mode = mode
        self.root = root
    }
}

public enum ConfigSentinelPayloadStatsMode: RawRepresentable, Codable, Sendable, Hashable {
    case configPatch
    case configApply
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "config.patch": self = .configPatch
        case "config.apply": self = .configApply
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .configPatch: "config.patch"
        case .configApply: "config.apply"
        case .unknown(let word): word
        }
    }
}

/// Params of config.set.
public struct ConfigSetParams: Codable, Sendable, Equatable {
    public var raw: String
    public var baseHash: String?

    public init(
        raw: String,
        baseHash: String? = nil
    ) {
        self.raw = raw
        self.baseHash = baseHash
    }
}

/// Result of config.set.
public struct ConfigSetResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var path: String
    public var config: [String: JSONValue]
    public var hash: String
    public var changed: Bool
    public var applied: [String]
    public var needsRestart: [String]
    public var warnings: [ConfigIssue]

    public init(
        ok: Bool,
        path: String,
        config: [String: JSONValue],
        hash: String,
        changed: Bool,
        applied: [String],
        needsRestart: [String],
        warnings: [ConfigIssue]
    ) {
        self.ok = ok
        self.path = path
        self.config = config
        self.hash = hash
        self.changed = changed
        self.applied = applied
        self.needsRestart = needsRestart
        self.warnings = warnings
    }
}

public struct ConfigUiHint: Codable, Sendable, Equatable {
    public var label: String
    public var help: String?
    public var order: Int?
    public var advanced: Bool?
    public var sensitive: Bool?

    public init(
        label: String,
        help: String? = nil,
        order: Int? = nil,
        advanced: Bool? = nil,
        sensitive: Bool? = nil
    ) {
        self.label = label
        self.help = help
        self.order = order
        self.advanced = advanced
        self.sensitive = sensitive
    }
}

public struct ConnectAuth: Codable, Sendable, Equatable {
    public var token: String?
    public var password: String?
    public var deviceToken: String?
    public var bootstrapToken: String?

    public init(
        token: String? = nil,
        password: String? = nil,
        deviceToken: String? = nil,
        bootstrapToken: String? = nil
    ) {
        self.token = token
        self.password = password
        self.deviceToken = deviceToken
        self.bootstrapToken = bootstrapToken
    }
}

/// Payload of connect.challenge.
public struct ConnectChallenge: Codable, Sendable, Equatable {
    public var nonce: String
    public var ts: Int

    public init(
        nonce: String,
        ts: Int
    ) {
        self.nonce = nonce
        self.ts = ts
    }
}

/// Params of connect.
public struct ConnectParams: Codable, Sendable, Equatable {
    public var minProtocol: Int
    public var maxProtocol: Int
    public var client: ClientInfo
    public var caps: [String]?
    public var commands: [String]?
    public var permissions: [String: Bool]?
    public var pathEnv: String?
    public var computerUse: JSONValue?
    public var workerRuns: JSONValue?
    public var role: String?
    public var scopes: [String]?
    public var modelCatalog: JSONValue?
    public var device: DeviceProof?
    public var auth: ConnectAuth?
    public var locale: String?
    public var userAgent: String?

    public init(
        minProtocol: Int,
        maxProtocol: Int,
        client: ClientInfo,
        caps: [String]? = nil,
        commands: [String]? = nil,
        permissions: [String: Bool]? = nil,
        pathEnv: String? = nil,
        computerUse: JSONValue? = nil,
        workerRuns: JSONValue? = nil,
        role: String? = nil,
        scopes: [String]? = nil,
        modelCatalog: JSONValue? = nil,
        device: DeviceProof? = nil,
        auth: ConnectAuth? = nil,
        locale: String? = nil,
        userAgent: String? = nil
    ) {
        self.minProtocol = minProtocol
        self.maxProtocol = maxProtocol
        self.client = client
        self.caps = caps
        self.commands = commands
        self.permissions = permissions
        self.pathEnv = pathEnv
        self.computerUse = computerUse
        self.workerRuns = workerRuns
        self.role = role
        self.scopes = scopes
        self.modelCatalog = modelCatalog
        self.device = device
        self.auth = auth
        self.locale = locale
        self.userAgent = userAgent
    }

    private enum CodingKeys: String, CodingKey {
        case minProtocol
        case maxProtocol
        case client
        case caps
        case commands
        case permissions
        case pathEnv
        case computerUse
        case workerRuns
        case role
        case scopes
        case modelCatalog
        case device
        case auth
        case locale
        case userAgent
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.minProtocol = try container.decode(Int.self, forKey: .minProtocol)
        self.maxProtocol = try container.decode(Int.self, forKey: .maxProtocol)
        self.client = try container.decode(ClientInfo.self, forKey: .client)
        self.caps = try container.decodeIfPresent([String].self, forKey: .caps)
        self.commands = try container.decodeIfPresent([String].self, forKey: .commands)
        self.permissions = try container.decodeIfPresent([String: Bool].self, forKey: .permissions)
        self.pathEnv = try container.decodeIfPresent(String.self, forKey: .pathEnv)
        self.computerUse = try container.decodeWhenPresent(JSONValue.self, forKey: .computerUse)
        self.workerRuns = try container.decodeWhenPresent(JSONValue.self, forKey: .workerRuns)
        self.role = try container.decodeIfPresent(String.self, forKey: .role)
        self.scopes = try container.decodeIfPresent([String].self, forKey: .scopes)
        self.modelCatalog = try container.decodeWhenPresent(JSONValue.self, forKey: .modelCatalog)
        self.device = try container.decodeIfPresent(DeviceProof.self, forKey: .device)
        self.auth = try container.decodeIfPresent(ConnectAuth.self, forKey: .auth)
        self.locale = try container.decodeIfPresent(String.self, forKey: .locale)
        self.userAgent = try container.decodeIfPresent(String.self, forKey: .userAgent)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.minProtocol, forKey: .minProtocol)
        try container.encode(self.maxProtocol, forKey: .maxProtocol)
        try container.encode(self.client, forKey: .client)
        try container.encodeIfPresent(self.caps, forKey: .caps)
        try container.encodeIfPresent(self.commands, forKey: .commands)
        try container.encodeIfPresent(self.permissions, forKey: .permissions)
        try container.encodeIfPresent(self.pathEnv, forKey: .pathEnv)
        try container.encodeIfPresent(self.computerUse, forKey: .computerUse)
        try container.encodeIfPresent(self.workerRuns, forKey: .workerRuns)
        try container.encodeIfPresent(self.role, forKey: .role)
        try container.encodeIfPresent(self.scopes, forKey: .scopes)
        try container.encodeIfPresent(self.modelCatalog, forKey: .modelCatalog)
        try container.encodeIfPresent(self.device, forKey: .device)
        try container.encodeIfPresent(self.auth, forKey: .auth)
        try container.encodeIfPresent(self.locale, forKey: .locale)
        try container.encodeIfPresent(self.userAgent, forKey: .userAgent)
    }
}

public typealias ConnectResult = HelloOk

/// Told apart by `type`; one that this build does not know is kept as it came.
public enum ContentPart: Codable, Sendable, Equatable {
    case text(TextPart)
    case thinking(ThinkingPart)
    case toolCall(ToolCallPart)
    case image(ImagePart)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = "type"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
        case "text": self = .text(try TextPart(from: decoder))
        case "thinking": self = .thinking(try ThinkingPart(from: decoder))
        case "toolCall": self = .toolCall(try ToolCallPart(from: decoder))
        case "image": self = .image(try ImagePart(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let value): try value.encode(to: encoder)
        case .thinking(let value): try value.encode(to: encoder)
        case .toolCall(let value): try value.encode(to: encoder)
        case .image(let value): try value.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }
}

public enum DeliveryState: RawRepresentable, Codable, Sendable, Hashable {
    case queued
    case sending
    case sent
    case rejected
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "queued": self = .queued
        case "sending": self = .sending
        case "sent": self = .sent
        case "rejected": self = .rejected
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .queued: "queued"
        case .sending: "sending"
        case .sent: "sent"
        case .rejected: "rejected"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

public enum DeviceApproval: RawRepresentable, Codable, Sendable, Hashable {
    case local
    case owner
    case link
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "local": self = .local
        case "owner": self = .owner
        case "link": self = .link
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .local: "local"
        case .owner: "owner"
        case .link: "link"
        case .unknown(let word): word
        }
    }
}

/// Params of device.pair.approve.
public struct DevicePairApproveParams: Codable, Sendable, Equatable {
    public var requestId: String

    public init(
        requestId: String
    ) {
        self.requestId = requestId
    }
}

/// Result of device.pair.approve.
public struct DevicePairApproveResult: Codable, Sendable, Equatable {
    public var requestId: String
    public var device: PairedDevice

    public init(
        requestId: String,
        device: PairedDevice
    ) {
        self.requestId = requestId
        self.device = device
    }
}

/// Params of device.pair.invite.
public struct DevicePairInviteParams: Codable, Sendable, Equatable {
    public var role: DeviceRole?
    public var scopes: [String]?

    public init(
        role: DeviceRole? = nil,
        scopes: [String]? = nil
    ) {
        self.role = role
        self.scopes = scopes
    }
}

/// Result of device.pair.invite.
public struct DevicePairInviteResult: Codable, Sendable, Equatable {
    public var url: String
    public var role: DeviceRole
    public var scopes: [String]
    public var expiresAt: Int

    public init(
        url: String,
        role: DeviceRole,
        scopes: [String],
        expiresAt: Int
    ) {
        self.url = url
        self.role = role
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// Params of device.pair.list.
public struct DevicePairListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of device.pair.list.
public struct DevicePairListResult: Codable, Sendable, Equatable {
    public var pending: [PairingRequest]
    public var paired: [PairedDevice]

    public init(
        pending: [PairingRequest],
        paired: [PairedDevice]
    ) {
        self.pending = pending
        self.paired = paired
    }
}

/// Params of device.pair.reject.
public struct DevicePairRejectParams: Codable, Sendable, Equatable {
    public var requestId: String

    public init(
        requestId: String
    ) {
        self.requestId = requestId
    }
}

/// Result of device.pair.reject.
public struct DevicePairRejectResult: Codable, Sendable, Equatable {
    public var requestId: String
    public var deviceId: String

    public init(
        requestId: String,
        deviceId: String
    ) {
        self.requestId = requestId
        self.deviceId = deviceId
    }
}

/// Params of device.pair.remove.
public struct DevicePairRemoveParams: Codable, Sendable, Equatable {
    public var deviceId: String

    public init(
        deviceId: String
    ) {
        self.deviceId = deviceId
    }
}

/// Result of device.pair.remove.
public struct DevicePairRemoveResult: Codable, Sendable, Equatable {
    public var deviceId: String
    public let removed: Bool = true

    public init(
        deviceId: String
    ) {
        self.deviceId = deviceId
    }

    private enum CodingKeys: String, CodingKey {
        case deviceId
        case removed
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.deviceId = try container.decode(String.self, forKey: .deviceId)
        try container.expect(true, forKey: .removed)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.deviceId, forKey: .deviceId)
        try container.encode(self.removed, forKey: .removed)
    }
}

/// Params of device.pair.rename.
public struct DevicePairRenameParams: Codable, Sendable, Equatable {
    public var deviceId: String
    public var displayName: String

    public init(
        deviceId: String,
        displayName: String
    ) {
        self.deviceId = deviceId
        self.displayName = displayName
    }
}

/// Result of device.pair.rename.
public struct DevicePairRenameResult: Codable, Sendable, Equatable {
    public var device: PairedDevice

    public init(
        device: PairedDevice
    ) {
        self.device = device
    }
}

public struct DeviceProof: Codable, Sendable, Equatable {
    public var id: String
    public var publicKey: String
    public var signature: String
    public var signedAt: Int
    public var nonce: String?

    public init(
        id: String,
        publicKey: String,
        signature: String,
        signedAt: Int,
        nonce: String? = nil
    ) {
        self.id = id
        self.publicKey = publicKey
        self.signature = signature
        self.signedAt = signedAt
        self.nonce = nonce
    }
}

public enum DeviceRole: RawRepresentable, Codable, Sendable, Hashable {
    case `operator`
    case node
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "operator": self = .`operator`
        case "node": self = .node
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .`operator`: "operator"
        case .node: "node"
        case .unknown(let word): word
        }
    }
}

/// Params of device.token.revoke.
public struct DeviceTokenRevokeParams: Codable, Sendable, Equatable {
    public var deviceId: String
    public var role: DeviceRole

    public init(
        deviceId: String,
        role: DeviceRole
    ) {
        self.deviceId = deviceId
        self.role = role
    }
}

/// Result of device.token.revoke.
public struct DeviceTokenRevokeResult: Codable, Sendable, Equatable {
    public var deviceId: String
    public var role: DeviceRole
    public var revokedAtMs: Int

    public init(
        deviceId: String,
        role: DeviceRole,
        revokedAtMs: Int
    ) {
        self.deviceId = deviceId
        self.role = role
        self.revokedAtMs = revokedAtMs
    }
}

/// Params of device.token.rotate.
public struct DeviceTokenRotateParams: Codable, Sendable, Equatable {
    public var deviceId: String
    public var role: DeviceRole
    public var scopes: [String]?

    public init(
        deviceId: String,
        role: DeviceRole,
        scopes: [String]? = nil
    ) {
        self.deviceId = deviceId
        self.role = role
        self.scopes = scopes
    }
}

/// Result of device.token.rotate.
public struct DeviceTokenRotateResult: Codable, Sendable, Equatable {
    public var deviceId: String
    public var role: DeviceRole
    public var token: String?
    public var scopes: [String]
    public var rotatedAtMs: Int

    public init(
        deviceId: String,
        role: DeviceRole,
        token: String? = nil,
        scopes: [String],
        rotatedAtMs: Int
    ) {
        self.deviceId = deviceId
        self.role = role
        self.token = token
        self.scopes = scopes
        self.rotatedAtMs = rotatedAtMs
    }
}

public struct DeviceTokenSummary: Codable, Sendable, Equatable {
    public var role: DeviceRole
    public var scopes: [String]
    public var createdAtMs: Int
    public var rotatedAtMs: Int?
    public var revokedAtMs: Int?
    public var lastUsedAtMs: Int?

    public init(
        role: DeviceRole,
        scopes: [String],
        createdAtMs: Int,
        rotatedAtMs: Int? = nil,
        revokedAtMs: Int? = nil,
        lastUsedAtMs: Int? = nil
    ) {
        self.role = role
        self.scopes = scopes
        self.createdAtMs = createdAtMs
        self.rotatedAtMs = rotatedAtMs
        self.revokedAtMs = revokedAtMs
        self.lastUsedAtMs = lastUsedAtMs
    }
}

public struct EarlierTurn: Codable, Sendable, Equatable {
    public var role: EarlierTurnRole
    public var content: String
    public var toolCalls: [PendingToolCall]?
    public var toolCallId: String?
    public var toolName: String?

    public init(
        role: EarlierTurnRole,
        content: String,
        toolCalls: [PendingToolCall]? = nil,
        toolCallId: String? = nil,
        toolName: String? = nil
    ) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallId = toolCallId
        self.toolName = toolName
    }
}

public enum EarlierTurnRole: RawRepresentable, Codable, Sendable, Hashable {
    case user
    case assistant
    case toolResult
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "user": self = .user
        case "assistant": self = .assistant
        case "toolResult": self = .toolResult
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .user: "user"
        case .assistant: "assistant"
        case .toolResult: "toolResult"
        case .unknown(let word): word
        }
    }
}

public struct ErrorShape: Codable, Sendable, Equatable {
    public var code: String
    public var message: String
    public var details: JSONValue?
    public var retryable: Bool?
    public var retryAfterMs: Int?

    public init(
        code: String,
        message: String,
        details: JSONValue? = nil,
        retryable: Bool? = nil,
        retryAfterMs: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.retryable = retryable
        self.retryAfterMs = retryAfterMs
    }

    private enum CodingKeys: String, CodingKey {
        case code
        case message
        case details
        case retryable
        case retryAfterMs
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.code = try container.decode(String.self, forKey: .code)
        self.message = try container.decode(String.self, forKey: .message)
        self.details = try container.decodeWhenPresent(JSONValue.self, forKey: .details)
        self.retryable = try container.decodeIfPresent(Bool.self, forKey: .retryable)
        self.retryAfterMs = try container.decodeIfPresent(Int.self, forKey: .retryAfterMs)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.code, forKey: .code)
        try container.encode(self.message, forKey: .message)
        try container.encodeIfPresent(self.details, forKey: .details)
        try container.encodeIfPresent(self.retryable, forKey: .retryable)
        try container.encodeIfPresent(self.retryAfterMs, forKey: .retryAfterMs)
    }
}

public struct EventFrame: Codable, Sendable, Equatable {
    public let type: String = "event"
    public var event: String
    public var payload: JSONValue?
    public var seq: Int?
    public var stateVersion: StateVersion?

    public init(
        event: String,
        payload: JSONValue? = nil,
        seq: Int? = nil,
        stateVersion: StateVersion? = nil
    ) {
        self.event = event
        self.payload = payload
        self.seq = seq
        self.stateVersion = stateVersion
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case event
        case payload
        case seq
        case stateVersion
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("event", forKey: .type)
        self.event = try container.decode(String.self, forKey: .event)
        self.payload = try container.decodeWhenPresent(JSONValue.self, forKey: .payload)
        self.seq = try container.decodeIfPresent(Int.self, forKey: .seq)
        self.stateVersion = try container.decodeIfPresent(StateVersion.self, forKey: .stateVersion)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.event, forKey: .event)
        try container.encodeIfPresent(self.payload, forKey: .payload)
        try container.encodeIfPresent(self.seq, forKey: .seq)
        try container.encodeIfPresent(self.stateVersion, forKey: .stateVersion)
    }
}

/// Params of exec.approval.list.
public struct ExecApprovalListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of exec.approval.list.
public typealias ExecApprovalListResult = [[String: JSONValue]]

public struct Features: Codable, Sendable, Equatable {
    public var methods: [String]
    public var events: [String]

    public init(
        methods: [String],
        events: [String]
    ) {
        self.methods = methods
        self.events = events
    }
}

public struct FoundServer: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var baseUrl: String
    public var models: [String]

    public init(
        id: String,
        name: String,
        baseUrl: String,
        models: [String]
    ) {
        self.id = id
        self.name = name
        self.baseUrl = baseUrl
        self.models = models
    }
}

/// Told apart by `type`; one that this build does not know is kept as it came.
public enum GatewayFrame: Codable, Sendable, Equatable {
    case req(RequestFrame)
    case res(ResponseFrame)
    case event(EventFrame)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = "type"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
        case "req": self = .req(try RequestFrame(from: decoder))
        case "res": self = .res(try ResponseFrame(from: decoder))
        case "event": self = .event(try EventFrame(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .req(let value): try value.encode(to: encoder)
        case .res(let value): try value.encode(to: encoder)
        case .event(let value): try value.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }
}

/// Params of health.
public struct HealthParams: Codable, Sendable, Equatable {
    public var probe: Bool?

    public init(
        probe: Bool? = nil
    ) {
        self.probe = probe
    }
}

public typealias HealthResult = HealthSummary

/// Result of health, payload of health.
public struct HealthSummary: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var ts: Int
    public var durationMs: Int
    public var channels: [String: [String: JSONValue]]
    public var channelOrder: [String]
    public var channelLabels: [String: String]
    public var heartbeatSeconds: Int
    public var defaultAgentId: String
    public var agents: [AgentHealth]
    public var sessions: SessionsGlance
    public var model: String
    public var problems: [Problem]
    public var spend: Spend?
    public var queues: QueueDepths?
    public var process: ProcessHealth

    public init(
        ts: Int,
        durationMs: Int,
        channels: [String: [String: JSONValue]],
        channelOrder: [String],
        channelLabels: [String: String],
        heartbeatSeconds: Int,
        defaultAgentId: String,
        agents: [AgentHealth],
        sessions: SessionsGlance,
        model: String,
        problems: [Problem],
        spend: Spend? = nil,
        queues: QueueDepths? = nil,
        process: ProcessHealth
    ) {
        self.ts = ts
        self.durationMs = durationMs
        self.channels = channels
        self.channelOrder = channelOrder
        self.channelLabels = channelLabels
        self.heartbeatSeconds = heartbeatSeconds
        self.defaultAgentId = defaultAgentId
        self.agents = agents
        self.sessions = sessions
        self.model = model
        self.problems = problems
        self.spend = spend
        self.queues = queues
        self.process = process
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case ts
        case durationMs
        case channels
        case channelOrder
        case channelLabels
        case heartbeatSeconds
        case defaultAgentId
        case agents
        case sessions
        case model
        case problems
        case spend
        case queues
        case process
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.durationMs = try container.decode(Int.self, forKey: .durationMs)
        self.channels = try container.decode([String: [String: JSONValue]].self, forKey: .channels)
        self.channelOrder = try container.decode([String].self, forKey: .channelOrder)
        self.channelLabels = try container.decode([String: String].self, forKey: .channelLabels)
        self.heartbeatSeconds = try container.decode(Int.self, forKey: .heartbeatSeconds)
        self.defaultAgentId = try container.decode(String.self, forKey: .defaultAgentId)
        self.agents = try container.decode([AgentHealth].self, forKey: .agents)
        self.sessions = try container.decode(SessionsGlance.self, forKey: .sessions)
        self.model = try container.decode(String.self, forKey: .model)
        self.problems = try container.decode([Problem].self, forKey: .problems)
        self.spend = try container.decodeIfPresent(Spend.self, forKey: .spend)
        self.queues = try container.decodeIfPresent(QueueDepths.self, forKey: .queues)
        self.process = try container.decode(ProcessHealth.self, forKey: .process)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.ts, forKey: .ts)
        try container.encode(self.durationMs, forKey: .durationMs)
        try container.encode(self.channels, forKey: .channels)
        try container.encode(self.channelOrder, forKey: .channelOrder)
        try container.encode(self.channelLabels, forKey: .channelLabels)
        try container.encode(self.heartbeatSeconds, forKey: .heartbeatSeconds)
        try container.encode(self.defaultAgentId, forKey: .defaultAgentId)
        try container.encode(self.agents, forKey: .agents)
        try container.encode(self.sessions, forKey: .sessions)
        try container.encode(self.model, forKey: .model)
        try container.encode(self.problems, forKey: .problems)
        try container.encodeIfPresent(self.spend, forKey: .spend)
        try container.encodeIfPresent(self.queues, forKey: .queues)
        try container.encode(self.process, forKey: .process)
    }
}

public struct HeartbeatSettings: Codable, Sendable, Equatable {
    public var enabled: Bool
    public var every: String
    public var everyMs: Int?
    public var prompt: String?
    public var target: String?
    public var model: String?
    public var ackMaxChars: Int?

    public init(
        enabled: Bool,
        every: String,
        everyMs: Int?,
        prompt: String? = nil,
        target: String? = nil,
        model: String? = nil,
        ackMaxChars: Int? = nil
    ) {
        self.enabled = enabled
        self.every = every
        self.everyMs = everyMs
        self.prompt = prompt
        self.target = target
        self.model = model
        self.ackMaxChars = ackMaxChars
    }

    private enum CodingKeys: String, CodingKey {
        case enabled
        case every
        case everyMs
        case prompt
        case target
        case model
        case ackMaxChars
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.enabled = try container.decode(Bool.self, forKey: .enabled)
        self.every = try container.decode(String.self, forKey: .every)
        self.everyMs = try container.decode(Int?.self, forKey: .everyMs)
        self.prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
        self.target = try container.decodeIfPresent(String.self, forKey: .target)
        self.model = try container.decodeIfPresent(String.self, forKey: .model)
        self.ackMaxChars = try container.decodeIfPresent(Int.self, forKey: .ackMaxChars)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.enabled, forKey: .enabled)
        try container.encode(self.every, forKey: .every)
        try container.encode(self.everyMs, forKey: .everyMs)
        try container.encodeIfPresent(self.prompt, forKey: .prompt)
        try container.encodeIfPresent(self.target, forKey: .target)
        try container.encodeIfPresent(self.model, forKey: .model)
        try container.encodeIfPresent(self.ackMaxChars, forKey: .ackMaxChars)
    }
}

public struct HelloAuth: Codable, Sendable, Equatable {
    public var method: String?
    public var role: String
    public var scopes: [String]
    public var deviceToken: String?
    public var issuedAtMs: Int?

    public init(
        method: String? = nil,
        role: String,
        scopes: [String],
        deviceToken: String? = nil,
        issuedAtMs: Int? = nil
    ) {
        self.method = method
        self.role = role
        self.scopes = scopes
        self.deviceToken = deviceToken
        self.issuedAtMs = issuedAtMs
    }
}

/// Result of connect.
public struct HelloOk: Codable, Sendable, Equatable {
    public let type: String = "hello-ok"
    public var `protocol`: Int
    public var server: ServerInfo
    public var features: Features
    public var snapshot: Snapshot
    public var auth: HelloAuth
    public var policy: Policy

    public init(
        `protocol`: Int,
        server: ServerInfo,
        features: Features,
        snapshot: Snapshot,
        auth: HelloAuth,
        policy: Policy
    ) {
        self.`protocol` = `protocol`
        self.server = server
        self.features = features
        self.snapshot = snapshot
        self.auth = auth
        self.policy = policy
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case `protocol`
        case server
        case features
        case snapshot
        case auth
        case policy
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("hello-ok", forKey: .type)
        self.`protocol` = try container.decode(Int.self, forKey: .`protocol`)
        self.server = try container.decode(ServerInfo.self, forKey: .server)
        self.features = try container.decode(Features.self, forKey: .features)
        self.snapshot = try container.decode(Snapshot.self, forKey: .snapshot)
        self.auth = try container.decode(HelloAuth.self, forKey: .auth)
        self.policy = try container.decode(Policy.self, forKey: .policy)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.`protocol`, forKey: .`protocol`)
        try container.encode(self.server, forKey: .server)
        try container.encode(self.features, forKey: .features)
        try container.encode(self.snapshot, forKey: .snapshot)
        try container.encode(self.auth, forKey: .auth)
        try container.encode(self.policy, forKey: .policy)
    }
}

public struct ImagePart: Codable, Sendable, Equatable {
    public let type: String = "image"
    public var data: String
    public var mimeType: String

    public init(
        data: String,
        mimeType: String
    ) {
        self.data = data
        self.mimeType = mimeType
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case data
        case mimeType
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("image", forKey: .type)
        self.data = try container.decode(String.self, forKey: .data)
        self.mimeType = try container.decode(String.self, forKey: .mimeType)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.data, forKey: .data)
        try container.encode(self.mimeType, forKey: .mimeType)
    }
}

public struct InboundDepths: Codable, Sendable, Equatable {
    public var `open`: Int
    public var held: Int

    public init(
        `open`: Int,
        held: Int
    ) {
        self.`open` = `open`
        self.held = held
    }
}

public struct KnownProvider: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var needsKey: Bool
    public var keyPage: String?
    public var configured: Bool

    public init(
        id: String,
        name: String,
        needsKey: Bool,
        keyPage: String? = nil,
        configured: Bool
    ) {
        self.id = id
        self.name = name
        self.needsKey = needsKey
        self.keyPage = keyPage
        self.configured = configured
    }
}

/// Params of last-heartbeat.
public struct LastHeartbeatParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of last-heartbeat.
public typealias LastHeartbeatResult = [String: JSONValue]?

public struct LifecycleData: Codable, Sendable, Equatable {
    public var phase: LifecyclePhase
    public var startedAt: Int?
    public var endedAt: Int?
    public var aborted: Bool?
    public var error: String?

    public init(
        phase: LifecyclePhase,
        startedAt: Int? = nil,
        endedAt: Int? = nil,
        aborted: Bool? = nil,
        error: String? = nil
    ) {
        self.phase = phase
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.aborted = aborted
        self.error = error
    }
}

public enum LifecyclePhase: RawRepresentable, Codable, Sendable, Hashable {
    case start
    case end
    case error
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "start": self = .start
        case "end": self = .end
        case "error": self = .error
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .start: "start"
        case .end: "end"
        case .error: "error"
        case .unknown(let word): word
        }
    }
}

/// Params of logs.tail.
public struct LogsTailParams: Codable, Sendable, Equatable {
    public var cursor: Int?
    /// lines; default 500
    public var limit: Int?
    /// default 250,000
    public var maxBytes: Int?

    public init(
        cursor: Int? = nil,
        limit: Int? = nil,
        maxBytes: Int? = nil
    ) {
        self.cursor = cursor
        self.limit = limit
        self.maxBytes = maxBytes
    }
}

/// Result of logs.tail.
public struct LogsTailResult: Codable, Sendable, Equatable {
    public var file: String
    public var cursor: Int
    public var size: Int
    public var lines: [String]
    public var truncated: Bool?
    public var reset: Bool?

    public init(
        file: String,
        cursor: Int,
        size: Int,
        lines: [String],
        truncated: Bool? = nil,
        reset: Bool? = nil
    ) {
        self.file = file
        self.cursor = cursor
        self.size = size
        self.lines = lines
        self.truncated = truncated
        self.reset = reset
    }
}

/// Params of message.action.
public struct MessageActionParams: Codable, Sendable, Equatable {
    public var channel: String?
    public var action: String
    public var params: [String: JSONValue]?
    public var accountId: String?
    public var sessionKey: String?
    public var idempotencyKey: String

    public init(
        channel: String? = nil,
        action: String,
        params: [String: JSONValue]? = nil,
        accountId: String? = nil,
        sessionKey: String? = nil,
        idempotencyKey: String
    ) {
        self.channel = channel
        self.action = action
        self.params = params
        self.accountId = accountId
        self.sessionKey = sessionKey
        self.idempotencyKey = idempotencyKey
    }
}

/// Result of message.action.
public struct MessageActionResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var action: String
    public var runId: String
    public var messageId: String
    public var messageIds: [String]?
    public var channel: String
    public var conversationId: String?
    public var chatId: String?
    public var channelId: String?

    public init(
        action: String,
        runId: String,
        messageId: String,
        messageIds: [String]? = nil,
        channel: String,
        conversationId: String? = nil,
        chatId: String? = nil,
        channelId: String? = nil
    ) {
        self.action = action
        self.runId = runId
        self.messageId = messageId
        self.messageIds = messageIds
        self.channel = channel
        self.conversationId = conversationId
        self.chatId = chatId
        self.channelId = channelId
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case action
        case runId
        case messageId
        case messageIds
        case channel
        case conversationId
        case chatId
        case channelId
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.action = try container.decode(String.self, forKey: .action)
        self.runId = try container.decode(String.self, forKey: .runId)
        self.messageId = try container.decode(String.self, forKey: .messageId)
        self.messageIds = try container.decodeIfPresent([String].self, forKey: .messageIds)
        self.channel = try container.decode(String.self, forKey: .channel)
        self.conversationId = try container.decodeIfPresent(String.self, forKey: .conversationId)
        self.chatId = try container.decodeIfPresent(String.self, forKey: .chatId)
        self.channelId = try container.decodeIfPresent(String.self, forKey: .channelId)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.action, forKey: .action)
        try container.encode(self.runId, forKey: .runId)
        try container.encode(self.messageId, forKey: .messageId)
        try container.encodeIfPresent(self.messageIds, forKey: .messageIds)
        try container.encode(self.channel, forKey: .channel)
        try container.encodeIfPresent(self.conversationId, forKey: .conversationId)
        try container.encodeIfPresent(self.chatId, forKey: .chatId)
        try container.encodeIfPresent(self.channelId, forKey: .channelId)
    }
}

public struct ModelCost: Codable, Sendable, Equatable {
    public var input: Double
    public var output: Double
    public var cacheRead: Double?
    public var cacheWrite: Double?

    public init(
        input: Double,
        output: Double,
        cacheRead: Double? = nil,
        cacheWrite: Double? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
    }
}

public struct ModelEntry: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var provider: String
    public var contextWindow: Int?
    public var reasoning: Bool?
    public var input: [String]?
    public var maxTokens: Int?
    public var cost: ModelCost?
    public var local: Bool?
    public var endpoint: String?
    public var keyFrom: Nullable<String>?
    public var isDefault: Bool?
    public var usable: Bool?
    public var unusableBecause: String?

    public init(
        id: String,
        name: String,
        provider: String,
        contextWindow: Int? = nil,
        reasoning: Bool? = nil,
        input: [String]? = nil,
        maxTokens: Int? = nil,
        cost: ModelCost? = nil,
        local: Bool? = nil,
        endpoint: String? = nil,
        keyFrom: Nullable<String>? = nil,
        isDefault: Bool? = nil,
        usable: Bool? = nil,
        unusableBecause: String? = nil
    ) {
        self.id = id
        self.name = name
        self.provider = provider
        self.contextWindow = contextWindow
        self.reasoning = reasoning
        self.input = input
        self.maxTokens = maxTokens
        self.cost = cost
        self.local = local
        self.endpoint = endpoint
        self.keyFrom = keyFrom
        self.isDefault = isDefault
        self.usable = usable
        self.unusableBecause = unusableBecause
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case name
        case provider
        case contextWindow
        case reasoning
        case input
        case maxTokens
        case cost
        case local
        case endpoint
        case keyFrom
        case isDefault
        case usable
        case unusableBecause
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try container.decode(String.self, forKey: .id)
        self.name = try container.decode(String.self, forKey: .name)
        self.provider = try container.decode(String.self, forKey: .provider)
        self.contextWindow = try container.decodeIfPresent(Int.self, forKey: .contextWindow)
        self.reasoning = try container.decodeIfPresent(Bool.self, forKey: .reasoning)
        self.input = try container.decodeIfPresent([String].self, forKey: .input)
        self.maxTokens = try container.decodeIfPresent(Int.self, forKey: .maxTokens)
        self.cost = try container.decodeIfPresent(ModelCost.self, forKey: .cost)
        self.local = try container.decodeIfPresent(Bool.self, forKey: .local)
        self.endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
        self.keyFrom = try container.decodeWhenPresent(Nullable<String>.self, forKey: .keyFrom)
        self.isDefault = try container.decodeIfPresent(Bool.self, forKey: .isDefault)
        self.usable = try container.decodeIfPresent(Bool.self, forKey: .usable)
        self.unusableBecause = try container.decodeIfPresent(String.self, forKey: .unusableBecause)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.provider, forKey: .provider)
        try container.encodeIfPresent(self.contextWindow, forKey: .contextWindow)
        try container.encodeIfPresent(self.reasoning, forKey: .reasoning)
        try container.encodeIfPresent(self.input, forKey: .input)
        try container.encodeIfPresent(self.maxTokens, forKey: .maxTokens)
        try container.encodeIfPresent(self.cost, forKey: .cost)
        try container.encodeIfPresent(self.local, forKey: .local)
        try container.encodeIfPresent(self.endpoint, forKey: .endpoint)
        try container.encodeIfPresent(self.keyFrom, forKey: .keyFrom)
        try container.encodeIfPresent(self.isDefault, forKey: .isDefault)
        try container.encodeIfPresent(self.usable, forKey: .usable)
        try container.encodeIfPresent(self.unusableBecause, forKey: .unusableBecause)
    }
}

/// Params of models.add.
public struct ModelsAddParams: Codable, Sendable, Equatable {
    public var provider: String
    public var apiKey: String?
    public var baseUrl: String?
    public var api: ModelsAddParamsApi?
    public var models: [String]?
    public var makeDefault: Bool?
    public var test: Bool?

    public init(
        provider: String,
        apiKey: String? = nil,
        baseUrl: String? = nil,
        api: ModelsAddParamsApi? = nil,
        models: [String]? = nil,
        makeDefault: Bool? = nil,
        test: Bool? = nil
    ) {
        self.provider = provider
        self.apiKey = apiKey
        self.baseUrl = baseUrl
        self.api = api
        self.models = models
        self.makeDefault = makeDefault
        self.test = test
    }
}

public enum ModelsAddParamsApi: RawRepresentable, Codable, Sendable, Hashable {
    case openaiCompletions
    case openaiResponses
    case anthropicMessages
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "openai-completions": self = .openaiCompletions
        case "openai-responses": self = .openaiResponses
        case "anthropic-messages": self = .anthropicMessages
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .openaiCompletions: "openai-completions"
        case .openaiResponses: "openai-responses"
        case .anthropicMessages: "anthropic-messages"
        case .unknown(let word): word
        }
    }
}

/// Result of models.add.
public struct ModelsAddResult: Codable, Sendable, Equatable {
    public var model: String
    public var isDefault: Bool
    public var keyIn: ModelsAddResultKeyIn?
    public var latencyMs: Int?
    public var applied: Bool
    public var mendFirst: [String]?

    public init(
        model: String,
        isDefault: Bool,
        keyIn: ModelsAddResultKeyIn?,
        latencyMs: Int?,
        applied: Bool,
        mendFirst: [String]? = nil
    ) {
        self.model = model
        self.isDefault = isDefault
        self.keyIn = keyIn
        self.latencyMs = latencyMs
        self.applied = applied
        self.mendFirst = mendFirst
    }

    private enum CodingKeys: String, CodingKey {
        case model
        case isDefault
        case keyIn
        case latencyMs
        case applied
        case mendFirst
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.model = try container.decode(String.self, forKey: .model)
        self.isDefault = try container.decode(Bool.self, forKey: .isDefault)
        self.keyIn = try container.decode(ModelsAddResultKeyIn?.self, forKey: .keyIn)
        self.latencyMs = try container.decode(Int?.self, forKey: .latencyMs)
        self.applied = try container.decode(Bool.self, forKey: .applied)
        self.mendFirst = try container.decodeIfPresent([String].self, forKey: .mendFirst)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.model, forKey: .model)
        try container.encode(self.isDefault, forKey: .isDefault)
        try container.encode(self.keyIn, forKey: .keyIn)
        try container.encode(self.latencyMs, forKey: .latencyMs)
        try container.encode(self.applied, forKey: .applied)
        try container.encodeIfPresent(self.mendFirst, forKey: .mendFirst)
    }
}

public enum ModelsAddResultKeyIn: RawRepresentable, Codable, Sendable, Hashable {
    case keychain
    case file
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "keychain": self = .keychain
        case "file": self = .file
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .keychain: "keychain"
        case .file: "file"
        case .unknown(let word): word
        }
    }
}

/// Params of models.discover.
public struct ModelsDiscoverParams: Codable, Sendable, Equatable {
    public var refresh: Bool?

    public init(
        refresh: Bool? = nil
    ) {
        self.refresh = refresh
    }
}

/// Result of models.discover.
public struct ModelsDiscoverResult: Codable, Sendable, Equatable {
    public var enabled: Bool
    public var found: [FoundServer]
    public var providers: [KnownProvider]

    public init(
        enabled: Bool,
        found: [FoundServer],
        providers: [KnownProvider]
    ) {
        self.enabled = enabled
        self.found = found
        self.providers = providers
    }
}

/// Params of models.list.
public struct ModelsListParams: Codable, Sendable, Equatable {
    public var agentId: String?
    public var sessionKey: String?
    public var provider: String?
    public var includeDetails: Bool?
    public var refresh: Bool?

    public init(
        agentId: String? = nil,
        sessionKey: String? = nil,
        provider: String? = nil,
        includeDetails: Bool? = nil,
        refresh: Bool? = nil
    ) {
        self.agentId = agentId
        self.sessionKey = sessionKey
        self.provider = provider
        self.includeDetails = includeDetails
        self.refresh = refresh
    }
}

/// Result of models.list.
public struct ModelsListResult: Codable, Sendable, Equatable {
    public var models: [ModelEntry]
    public var found: [FoundServer]?
    public var problems: [String]?

    public init(
        models: [ModelEntry],
        found: [FoundServer]? = nil,
        problems: [String]? = nil
    ) {
        self.models = models
        self.found = found
        self.problems = problems
    }
}

/// Params of models.test.
public struct ModelsTestParams: Codable, Sendable, Equatable {
    public var model: String?

    public init(
        model: String? = nil
    ) {
        self.model = model
    }
}

/// Result of models.test.
public struct ModelsTestResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var model: String
    public var latencyMs: Int
    public var error: ModelsTestResultError?

    public init(
        ok: Bool,
        model: String,
        latencyMs: Int,
        error: ModelsTestResultError? = nil
    ) {
        self.ok = ok
        self.model = model
        self.latencyMs = latencyMs
        self.error = error
    }
}

public struct ModelsTestResultError: Codable, Sendable, Equatable {
    public var kind: String
    public var message: String

    public init(
        kind: String,
        message: String
    ) {
        self.kind = kind
        self.message = message
    }
}

/// Params of models.use.
public struct ModelsUseParams: Codable, Sendable, Equatable {
    public var model: String

    public init(
        model: String
    ) {
        self.model = model
    }
}

/// Result of models.use.
public struct ModelsUseResult: Codable, Sendable, Equatable {
    public var model: String
    public var applied: Bool
    public var mendFirst: [String]?

    public init(
        model: String,
        applied: Bool,
        mendFirst: [String]? = nil
    ) {
        self.model = model
        self.applied = applied
        self.mendFirst = mendFirst
    }
}

public struct OutboxDepths: Codable, Sendable, Equatable {
    public var queued: Int
    public var unknown: Int

    public init(
        queued: Int,
        unknown: Int
    ) {
        self.queued = queued
        self.unknown = unknown
    }
}

/// Params of outbox.discard.
public struct OutboxDiscardParams: Codable, Sendable, Equatable {
    public var id: Int

    public init(
        id: Int
    ) {
        self.id = id
    }
}

/// Result of outbox.discard.
public struct OutboxDiscardResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var id: Int

    public init(
        id: Int
    ) {
        self.id = id
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case id
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.id = try container.decode(Int.self, forKey: .id)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.id, forKey: .id)
    }
}

/// Params of outbox.list.
public struct OutboxListParams: Codable, Sendable, Equatable {
    public var states: [DeliveryState]?
    public var channel: String?
    /// default 100
    public var limit: Int?
    public var cursor: Int?

    public init(
        states: [DeliveryState]? = nil,
        channel: String? = nil,
        limit: Int? = nil,
        cursor: Int? = nil
    ) {
        self.states = states
        self.channel = channel
        self.limit = limit
        self.cursor = cursor
    }
}

/// Result of outbox.list.
public struct OutboxListResult: Codable, Sendable, Equatable {
    public var rows: [OutboxRow]
    public var counts: OutboxListResultCounts
    public var nextCursor: Int?

    public init(
        rows: [OutboxRow],
        counts: OutboxListResultCounts,
        nextCursor: Int?
    ) {
        self.rows = rows
        self.counts = counts
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case rows
        case counts
        case nextCursor
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.rows = try container.decode([OutboxRow].self, forKey: .rows)
        self.counts = try container.decode(OutboxListResultCounts.self, forKey: .counts)
        self.nextCursor = try container.decode(Int?.self, forKey: .nextCursor)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.rows, forKey: .rows)
        try container.encode(self.counts, forKey: .counts)
        try container.encode(self.nextCursor, forKey: .nextCursor)
    }
}

public struct OutboxListResultCounts: Codable, Sendable, Equatable {
    public var queued: Int
    public var sending: Int
    public var rejected: Int
    public var unknown: Int

    public init(
        queued: Int,
        sending: Int,
        rejected: Int,
        unknown: Int
    ) {
        self.queued = queued
        self.sending = sending
        self.rejected = rejected
        self.unknown = unknown
    }
}

/// Params of outbox.retry.
public struct OutboxRetryParams: Codable, Sendable, Equatable {
    public var id: Int

    public init(
        id: Int
    ) {
        self.id = id
    }
}

/// Result of outbox.retry.
public struct OutboxRetryResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var id: Int

    public init(
        id: Int
    ) {
        self.id = id
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case id
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.id = try container.decode(Int.self, forKey: .id)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.id, forKey: .id)
    }
}

public struct OutboxRow: Codable, Sendable, Equatable {
    public var id: Int
    public var message: Int
    public var state: DeliveryState
    public var channel: String
    public var accountId: String
    public var conversationId: String
    public var preview: String
    public var attempts: Int
    public var createdAt: Int
    public var nextAt: Int?
    public var endedAt: Int?
    public var messageId: String?
    public var sessionKey: String?
    public var error: String?

    public init(
        id: Int,
        message: Int,
        state: DeliveryState,
        channel: String,
        accountId: String,
        conversationId: String,
        preview: String,
        attempts: Int,
        createdAt: Int,
        nextAt: Int? = nil,
        endedAt: Int? = nil,
        messageId: String? = nil,
        sessionKey: String? = nil,
        error: String? = nil
    ) {
        self.id = id
        self.message = message
        self.state = state
        self.channel = channel
        self.accountId = accountId
        self.conversationId = conversationId
        self.preview = preview
        self.attempts = attempts
        self.createdAt = createdAt
        self.nextAt = nextAt
        self.endedAt = endedAt
        self.messageId = messageId
        self.sessionKey = sessionKey
        self.error = error
    }
}

/// Params of page.link.
public struct PageLinkParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of page.link.
public struct PageLinkResult: Codable, Sendable, Equatable {
    public var url: String
    public var expiresAt: Int

    public init(
        url: String,
        expiresAt: Int
    ) {
        self.url = url
        self.expiresAt = expiresAt
    }
}

public struct PairedDevice: Codable, Sendable, Equatable {
    public var deviceId: String
    public var publicKey: String
    public var displayName: String?
    public var platform: String?
    public var deviceFamily: String?
    public var clientId: String?
    public var clientMode: String?
    public var role: DeviceRole?
    public var roles: [DeviceRole]
    public var scopes: [String]
    public var remoteIp: String?
    public var tokens: [DeviceTokenSummary]
    public var createdAtMs: Int
    public var approvedAtMs: Int
    public var approvedVia: DeviceApproval
    public var lastSeenAtMs: Int?

    public init(
        deviceId: String,
        publicKey: String,
        displayName: String? = nil,
        platform: String? = nil,
        deviceFamily: String? = nil,
        clientId: String? = nil,
        clientMode: String? = nil,
        role: DeviceRole? = nil,
        roles: [DeviceRole],
        scopes: [String],
        remoteIp: String? = nil,
        tokens: [DeviceTokenSummary],
        createdAtMs: Int,
        approvedAtMs: Int,
        approvedVia: DeviceApproval,
        lastSeenAtMs: Int? = nil
    ) {
        self.deviceId = deviceId
        self.publicKey = publicKey
        self.displayName = displayName
        self.platform = platform
        self.deviceFamily = deviceFamily
        self.clientId = clientId
        self.clientMode = clientMode
        self.role = role
        self.roles = roles
        self.scopes = scopes
        self.remoteIp = remoteIp
        self.tokens = tokens
        self.createdAtMs = createdAtMs
        self.approvedAtMs = approvedAtMs
        self.approvedVia = approvedVia
        self.lastSeenAtMs = lastSeenAtMs
    }
}

/// Params of pairing.approve.
public struct PairingApproveParams: Codable, Sendable, Equatable {
    public var code: String
    public var channel: String?

    public init(
        code: String,
        channel: String? = nil
    ) {
        self.code = code
        self.channel = channel
    }
}

/// Result of pairing.approve.
public struct PairingApproveResult: Codable, Sendable, Equatable {
    public var sender: ApprovedSender

    public init(
        sender: ApprovedSender
    ) {
        self.sender = sender
    }
}

/// Payload of pairing.changed.
public struct PairingChangedEvent: Codable, Sendable, Equatable {
    public var ts: Int

    public init(
        ts: Int
    ) {
        self.ts = ts
    }
}

public enum PairingDecision: RawRepresentable, Codable, Sendable, Hashable {
    case approved
    case rejected
    case expired
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "approved": self = .approved
        case "rejected": self = .rejected
        case "expired": self = .expired
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .approved: "approved"
        case .rejected: "rejected"
        case .expired: "expired"
        case .unknown(let word): word
        }
    }
}

/// Params of pairing.deny.
public struct PairingDenyParams: Codable, Sendable, Equatable {
    public var code: String
    public var channel: String?

    public init(
        code: String,
        channel: String? = nil
    ) {
        self.code = code
        self.channel = channel
    }
}

/// Result of pairing.deny.
public struct PairingDenyResult: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var senderId: String

    public init(
        channel: String,
        accountId: String,
        senderId: String
    ) {
        self.channel = channel
        self.accountId = accountId
        self.senderId = senderId
    }
}

/// Params of pairing.list.
public struct PairingListParams: Codable, Sendable, Equatable {
    public var channel: String?

    public init(
        channel: String? = nil
    ) {
        self.channel = channel
    }
}

/// Result of pairing.list.
public struct PairingListResult: Codable, Sendable, Equatable {
    public var requests: [SenderRequest]
    public var approved: [ApprovedSender]

    public init(
        requests: [SenderRequest],
        approved: [ApprovedSender]
    ) {
        self.requests = requests
        self.approved = approved
    }
}

public enum PairingReason: RawRepresentable, Codable, Sendable, Hashable {
    case notPaired
    case roleUpgrade
    case scopeUpgrade
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "not-paired": self = .notPaired
        case "role-upgrade": self = .roleUpgrade
        case "scope-upgrade": self = .scopeUpgrade
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .notPaired: "not-paired"
        case .roleUpgrade: "role-upgrade"
        case .scopeUpgrade: "scope-upgrade"
        case .unknown(let word): word
        }
    }
}

/// Params of pairing.remove.
public struct PairingRemoveParams: Codable, Sendable, Equatable {
    public var channel: String
    public var accountId: String
    public var senderId: String

    public init(
        channel: String,
        accountId: String,
        senderId: String
    ) {
        self.channel = channel
        self.accountId = accountId
        self.senderId = senderId
    }
}

/// Result of pairing.remove.
public struct PairingRemoveResult: Codable, Sendable, Equatable {
    public var removed: Bool

    public init(
        removed: Bool
    ) {
        self.removed = removed
    }
}

/// Payload of device.pair.requested.
public struct PairingRequest: Codable, Sendable, Equatable {
    public var requestId: String
    public var deviceId: String
    public var publicKey: String
    public var displayName: String?
    public var platform: String?
    public var deviceFamily: String?
    public var clientId: String?
    public var clientMode: String?
    public var role: DeviceRole
    public var roles: [DeviceRole]
    public var scopes: [String]
    public var reason: PairingReason
    public var remoteIp: String?
    public var silent: Bool
    public var isRepair: Bool
    public var ts: Int

    public init(
        requestId: String,
        deviceId: String,
        publicKey: String,
        displayName: String? = nil,
        platform: String? = nil,
        deviceFamily: String? = nil,
        clientId: String? = nil,
        clientMode: String? = nil,
        role: DeviceRole,
        roles: [DeviceRole],
        scopes: [String],
        reason: PairingReason,
        remoteIp: String? = nil,
        silent: Bool,
        isRepair: Bool,
        ts: Int
    ) {
        self.requestId = requestId
        self.deviceId = deviceId
        self.publicKey = publicKey
        self.displayName = displayName
        self.platform = platform
        self.deviceFamily = deviceFamily
        self.clientId = clientId
        self.clientMode = clientMode
        self.role = role
        self.roles = roles
        self.scopes = scopes
        self.reason = reason
        self.remoteIp = remoteIp
        self.silent = silent
        self.isRepair = isRepair
        self.ts = ts
    }
}

/// Payload of device.pair.resolved.
public struct PairingResolved: Codable, Sendable, Equatable {
    public var requestId: String
    public var deviceId: String
    public var decision: PairingDecision
    public var ts: Int

    public init(
        requestId: String,
        deviceId: String,
        decision: PairingDecision,
        ts: Int
    ) {
        self.requestId = requestId
        self.deviceId = deviceId
        self.decision = decision
        self.ts = ts
    }
}

public struct PendingToolCall: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var arguments: String

    public init(
        id: String,
        name: String,
        arguments: String
    ) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// Params of plugin.approval.list.
public struct PluginApprovalListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of plugin.approval.list.
public typealias PluginApprovalListResult = [[String: JSONValue]]

public struct Policy: Codable, Sendable, Equatable {
    public var maxPayload: Int
    public var maxBufferedBytes: Int
    public var tickIntervalMs: Int

    public init(
        maxPayload: Int,
        maxBufferedBytes: Int,
        tickIntervalMs: Int
    ) {
        self.maxPayload = maxPayload
        self.maxBufferedBytes = maxBufferedBytes
        self.tickIntervalMs = tickIntervalMs
    }
}

/// Params of poll.
public struct PollParams: Codable, Sendable, Equatable {
    public var to: String
    public var question: String
    public var options: [String]
    public var maxSelections: Int?
    public var durationHours: Int?
    public var silent: Bool?
    public var channel: String?
    public var accountId: String?
    public var threadId: String?
    public var idempotencyKey: String

    public init(
        to: String,
        question: String,
        options: [String],
        maxSelections: Int? = nil,
        durationHours: Int? = nil,
        silent: Bool? = nil,
        channel: String? = nil,
        accountId: String? = nil,
        threadId: String? = nil,
        idempotencyKey: String
    ) {
        self.to = to
        self.question = question
        self.options = options
        self.maxSelections = maxSelections
        self.durationHours = durationHours
        self.silent = silent
        self.channel = channel
        self.accountId = accountId
        self.threadId = threadId
        self.idempotencyKey = idempotencyKey
    }
}

public typealias PollResult = SendResult

public struct PresenceEntry: Codable, Sendable, Equatable {
    public var host: String?
    public var ip: String?
    public var version: String?
    public var platform: String?
    public var deviceFamily: String?
    public var modelIdentifier: String?
    public var mode: String?
    public var lastInputSeconds: Int?
    public var reason: String?
    public var tags: [String]?
    public var deviceId: String?
    public var roles: [String]?
    public var scopes: [String]?
    public var instanceId: String?
    public var text: String?
    public var ts: Int

    public init(
        host: String? = nil,
        ip: String? = nil,
        version: String? = nil,
        platform: String? = nil,
        deviceFamily: String? = nil,
        modelIdentifier: String? = nil,
        mode: String? = nil,
        lastInputSeconds: Int? = nil,
        reason: String? = nil,
        tags: [String]? = nil,
        deviceId: String? = nil,
        roles: [String]? = nil,
        scopes: [String]? = nil,
        instanceId: String? = nil,
        text: String? = nil,
        ts: Int
    ) {
        self.host = host
        self.ip = ip
        self.version = version
        self.platform = platform
        self.deviceFamily = deviceFamily
        self.modelIdentifier = modelIdentifier
        self.mode = mode
        self.lastInputSeconds = lastInputSeconds
        self.reason = reason
        self.tags = tags
        self.deviceId = deviceId
        self.roles = roles
        self.scopes = scopes
        self.instanceId = instanceId
        self.text = text
        self.ts = ts
    }
}

/// Payload of presence.
public struct PresenceEvent: Codable, Sendable, Equatable {
    public var presence: [PresenceEntry]

    public init(
        presence: [PresenceEntry]
    ) {
        self.presence = presence
    }
}

public struct Problem: Codable, Sendable, Equatable {
    public var id: String
    public var message: String
    public var zh: String?

    public init(
        id: String,
        message: String,
        zh: String? = nil
    ) {
        self.id = id
        self.message = message
        self.zh = zh
    }
}

public struct ProcessHealth: Codable, Sendable, Equatable {
    public var pid: Int
    public var rssBytes: Int
    public var uptimeMs: Int
    public var connections: Int
    public var loopDelayMaxMs: Double
    public var containedErrors: Int
    public var sheds: [String: Int]

    public init(
        pid: Int,
        rssBytes: Int,
        uptimeMs: Int,
        connections: Int,
        loopDelayMaxMs: Double,
        containedErrors: Int,
        sheds: [String: Int]
    ) {
        self.pid = pid
        self.rssBytes = rssBytes
        self.uptimeMs = uptimeMs
        self.connections = connections
        self.loopDelayMaxMs = loopDelayMaxMs
        self.containedErrors = containedErrors
        self.sheds = sheds
    }
}

public struct ProviderLimits: Codable, Sendable, Equatable {
    public var provider: String
    public var displayName: String
    public var windows: [UsageWindow]
    public var plan: String?
    public var error: String?

    public init(
        provider: String,
        displayName: String,
        windows: [UsageWindow],
        plan: String? = nil,
        error: String? = nil
    ) {
        self.provider = provider
        self.displayName = displayName
        self.windows = windows
        self.plan = plan
        self.error = error
    }
}

/// Params of question.list.
public struct QuestionListParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of question.list.
public struct QuestionListResult: Codable, Sendable, Equatable {
    public var questions: [[String: JSONValue]]

    public init(
        questions: [[String: JSONValue]]
    ) {
        self.questions = questions
    }
}

public struct QueueDepths: Codable, Sendable, Equatable {
    public var turns: TurnDepths
    public var commitsWaiting: Int
    public var outbox: OutboxDepths
    public var inbound: InboundDepths

    public init(
        turns: TurnDepths,
        commitsWaiting: Int,
        outbox: OutboxDepths,
        inbound: InboundDepths
    ) {
        self.turns = turns
        self.commitsWaiting = commitsWaiting
        self.outbox = outbox
        self.inbound = inbound
    }
}

public struct ReplyPayload: Codable, Sendable, Equatable {
    public var text: String?
    public var mediaUrl: Nullable<String>?

    public init(
        text: String? = nil,
        mediaUrl: Nullable<String>? = nil
    ) {
        self.text = text
        self.mediaUrl = mediaUrl
    }

    private enum CodingKeys: String, CodingKey {
        case text
        case mediaUrl
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.text = try container.decodeIfPresent(String.self, forKey: .text)
        self.mediaUrl = try container.decodeWhenPresent(Nullable<String>.self, forKey: .mediaUrl)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.text, forKey: .text)
        try container.encodeIfPresent(self.mediaUrl, forKey: .mediaUrl)
    }
}

public struct RequestFrame: Codable, Sendable, Equatable {
    public let type: String = "req"
    public var id: String
    public var method: String
    public var params: JSONValue?
    public var traceparent: String?
    public var expectedProfileId: String?

    public init(
        id: String,
        method: String,
        params: JSONValue? = nil,
        traceparent: String? = nil,
        expectedProfileId: String? = nil
    ) {
        self.id = id
        self.method = method
        self.params = params
        self.traceparent = traceparent
        self.expectedProfileId = expectedProfileId
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case id
        case method
        case params
        case traceparent
        case expectedProfileId
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("req", forKey: .type)
        self.id = try container.decode(String.self, forKey: .id)
        self.method = try container.decode(String.self, forKey: .method)
        self.params = try container.decodeWhenPresent(JSONValue.self, forKey: .params)
        self.traceparent = try container.decodeIfPresent(String.self, forKey: .traceparent)
        self.expectedProfileId = try container.decodeIfPresent(String.self, forKey: .expectedProfileId)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.method, forKey: .method)
        try container.encodeIfPresent(self.params, forKey: .params)
        try container.encodeIfPresent(self.traceparent, forKey: .traceparent)
        try container.encodeIfPresent(self.expectedProfileId, forKey: .expectedProfileId)
    }
}

public struct ResponseFrame: Codable, Sendable, Equatable {
    public let type: String = "res"
    public var id: String
    public var ok: Bool
    public var payload: JSONValue?
    public var error: ErrorShape?

    public init(
        id: String,
        ok: Bool,
        payload: JSONValue? = nil,
        error: ErrorShape? = nil
    ) {
        self.id = id
        self.ok = ok
        self.payload = payload
        self.error = error
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case id
        case ok
        case payload
        case error
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("res", forKey: .type)
        self.id = try container.decode(String.self, forKey: .id)
        self.ok = try container.decode(Bool.self, forKey: .ok)
        self.payload = try container.decodeWhenPresent(JSONValue.self, forKey: .payload)
        self.error = try container.decodeIfPresent(ErrorShape.self, forKey: .error)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.ok, forKey: .ok)
        try container.encodeIfPresent(self.payload, forKey: .payload)
        try container.encodeIfPresent(self.error, forKey: .error)
    }
}

public struct Sampling: Codable, Sendable, Equatable {
    public var maxTokens: Int?
    public var temperature: Double?
    public var topP: Double?
    public var frequencyPenalty: Double?
    public var presencePenalty: Double?
    public var seed: Int?

    public init(
        maxTokens: Int? = nil,
        temperature: Double? = nil,
        topP: Double? = nil,
        frequencyPenalty: Double? = nil,
        presencePenalty: Double? = nil,
        seed: Int? = nil
    ) {
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.frequencyPenalty = frequencyPenalty
        self.presencePenalty = presencePenalty
        self.seed = seed
    }
}

/// Params of send.
public struct SendParams: Codable, Sendable, Equatable {
    public var to: String
    public var message: String?
    public var mediaUrl: String?
    public var mediaUrls: [String]?
    public var buffer: String?
    public var filename: String?
    public var contentType: String?
    public var parseMode: String?
    public var gifPlayback: Bool?
    public var asVoice: Bool?
    public var forceDocument: Bool?
    public var silent: Bool?
    public var channel: String?
    public var accountId: String?
    public var replyToId: String?
    public var threadId: String?
    public var sessionKey: String?
    public var idempotencyKey: String

    public init(
        to: String,
        message: String? = nil,
        mediaUrl: String? = nil,
        mediaUrls: [String]? = nil,
        buffer: String? = nil,
        filename: String? = nil,
        contentType: String? = nil,
        parseMode: String? = nil,
        gifPlayback: Bool? = nil,
        asVoice: Bool? = nil,
        forceDocument: Bool? = nil,
        silent: Bool? = nil,
        channel: String? = nil,
        accountId: String? = nil,
        replyToId: String? = nil,
        threadId: String? = nil,
        sessionKey: String? = nil,
        idempotencyKey: String
    ) {
        self.to = to
        self.message = message
        self.mediaUrl = mediaUrl
        self.mediaUrls = mediaUrls
        self.buffer = buffer
        self.filename = filename
        self.contentType = contentType
        self.parseMode = parseMode
        self.gifPlayback = gifPlayback
        self.asVoice = asVoice
        self.forceDocument = forceDocument
        self.silent = silent
        self.channel = channel
        self.accountId = accountId
        self.replyToId = replyToId
        self.threadId = threadId
        self.sessionKey = sessionKey
        self.idempotencyKey = idempotencyKey
    }
}

/// Result of send, result of poll.
public struct SendResult: Codable, Sendable, Equatable {
    public var runId: String
    public var messageId: String
    public var messageIds: [String]?
    public var channel: String
    public var conversationId: String?
    public var chatId: String?
    public var channelId: String?

    public init(
        runId: String,
        messageId: String,
        messageIds: [String]? = nil,
        channel: String,
        conversationId: String? = nil,
        chatId: String? = nil,
        channelId: String? = nil
    ) {
        self.runId = runId
        self.messageId = messageId
        self.messageIds = messageIds
        self.channel = channel
        self.conversationId = conversationId
        self.chatId = chatId
        self.channelId = channelId
    }
}

public struct SenderRequest: Codable, Sendable, Equatable {
    public var code: String
    public var channel: String
    public var accountId: String
    public var senderId: String
    public var senderName: String?
    public var createdAt: Int
    public var lastSeenAt: Int
    public var expiresAt: Int

    public init(
        code: String,
        channel: String,
        accountId: String,
        senderId: String,
        senderName: String? = nil,
        createdAt: Int,
        lastSeenAt: Int,
        expiresAt: Int
    ) {
        self.code = code
        self.channel = channel
        self.accountId = accountId
        self.senderId = senderId
        self.senderName = senderName
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
    }
}

public struct ServerInfo: Codable, Sendable, Equatable {
    public var version: String
    public var commit: String?
    public var host: String?
    public var connId: String

    public init(
        version: String,
        commit: String? = nil,
        host: String? = nil,
        connId: String
    ) {
        self.version = version
        self.commit = commit
        self.host = host
        self.connId = connId
    }
}

public enum SessionChange: RawRepresentable, Codable, Sendable, Hashable {
    case create
    case patch
    case reset
    case delete
    case compact
    case message
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "create": self = .create
        case "patch": self = .patch
        case "reset": self = .reset
        case "delete": self = .delete
        case "compact": self = .compact
        case "message": self = .message
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .create: "create"
        case .patch: "patch"
        case .reset: "reset"
        case .delete: "delete"
        case .compact: "compact"
        case .message: "message"
        case .unknown(let word): word
        }
    }
}

public struct SessionDefaults: Codable, Sendable, Equatable {
    public var defaultAgentId: String
    public var mainKey: String
    public var mainSessionKey: String
    public var scope: SessionScope

    public init(
        defaultAgentId: String,
        mainKey: String,
        mainSessionKey: String,
        scope: SessionScope
    ) {
        self.defaultAgentId = defaultAgentId
        self.mainKey = mainKey
        self.mainSessionKey = mainSessionKey
        self.scope = scope
    }
}

public struct SessionEntry: Codable, Sendable, Equatable {
    public var sessionId: String
    public var updatedAt: Int
    public var totalTokens: Int?
    public var providerOverride: String?
    public var modelOverride: String?
    public var label: String?
    public var thinkingLevel: String?
    public var verboseLevel: String?
    public var reasoningLevel: String?
    public var elevatedLevel: String?
    public var responseUsage: String?
    public var sendPolicy: String?
    public var groupActivation: String?
    public var execHost: String?
    public var execSecurity: String?
    public var execAsk: String?
    public var execNode: String?
    public var spawnedBy: String?
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var contextTokens: Int?
    public var modelProvider: String?
    public var model: String?
    public var abortedLastRun: Bool?
    public var systemSent: Bool?
    public var chatType: String?
    public var origin: [String: JSONValue]?
    public var deliveryContext: [String: JSONValue]?
    public var lastChannel: String?
    public var displayName: String?

    public init(
        sessionId: String,
        updatedAt: Int,
        totalTokens: Int? = nil,
        providerOverride: String? = nil,
        modelOverride: String? = nil,
        label: String? = nil,
        thinkingLevel: String? = nil,
        verboseLevel: String? = nil,
        reasoningLevel: String? = nil,
        elevatedLevel: String? = nil,
        responseUsage: String? = nil,
        sendPolicy: String? = nil,
        groupActivation: String? = nil,
        execHost: String? = nil,
        execSecurity: String? = nil,
        execAsk: String? = nil,
        execNode: String? = nil,
        spawnedBy: String? = nil,
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        contextTokens: Int? = nil,
        modelProvider: String? = nil,
        model: String? = nil,
        abortedLastRun: Bool? = nil,
        systemSent: Bool? = nil,
        chatType: String? = nil,
        origin: [String: JSONValue]? = nil,
        deliveryContext: [String: JSONValue]? = nil,
        lastChannel: String? = nil,
        displayName: String? = nil
    ) {
        self.sessionId = sessionId
        self.updatedAt = updatedAt
        self.totalTokens = totalTokens
        self.providerOverride = providerOverride
        self.modelOverride = modelOverride
        self.label = label
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.elevatedLevel = elevatedLevel
        self.responseUsage = responseUsage
        self.sendPolicy = sendPolicy
        self.groupActivation = groupActivation
        self.execHost = execHost
        self.execSecurity = execSecurity
        self.execAsk = execAsk
        self.execNode = execNode
        self.spawnedBy = spawnedBy
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.contextTokens = contextTokens
        self.modelProvider = modelProvider
        self.model = model
        self.abortedLastRun = abortedLastRun
        self.systemSent = systemSent
        self.chatType = chatType
        self.origin = origin
        self.deliveryContext = deliveryContext
        self.lastChannel = lastChannel
        self.displayName = displayName
    }
}

public struct SessionGlance: Codable, Sendable, Equatable {
    public var key: String
    public var updatedAt: Int?
    public var age: Int?

    public init(
        key: String,
        updatedAt: Int?,
        age: Int?
    ) {
        self.key = key
        self.updatedAt = updatedAt
        self.age = age
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case updatedAt
        case age
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.key = try container.decode(String.self, forKey: .key)
        self.updatedAt = try container.decode(Int?.self, forKey: .updatedAt)
        self.age = try container.decode(Int?.self, forKey: .age)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.updatedAt, forKey: .updatedAt)
        try container.encode(self.age, forKey: .age)
    }
}

public enum SessionKind: RawRepresentable, Codable, Sendable, Hashable {
    case direct
    case group
    case global
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "direct": self = .direct
        case "group": self = .group
        case "global": self = .global
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .direct: "direct"
        case .group: "group"
        case .global: "global"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

public struct SessionMessage: Codable, Sendable, Equatable {
    public var role: ChatRole
    public var content: [ContentPart]
    public var timestamp: Int
    public var id: String?
    public var idempotencyKey: String?
    public var command: Bool?
    public var runId: String?
    public var runtime: String?
    public var provider: String?
    public var model: String?
    public var usage: Usage?
    public var stopReason: String?
    public var errorMessage: String?
    public var notice: String?
    public var toolCallId: String?
    public var toolName: String?
    public var isError: Bool?
    public var openclaw: SessionMessageOpenclaw

    public init(
        role: ChatRole,
        content: [ContentPart],
        timestamp: Int,
        id: String? = nil,
        idempotencyKey: String? = nil,
        command: Bool? = nil,
        runId: String? = nil,
        runtime: String? = nil,
        provider: String? = nil,
        model: String? = nil,
        usage: Usage? = nil,
        stopReason: String? = nil,
        errorMessage: String? = nil,
        notice: String? = nil,
        toolCallId: String? = nil,
        toolName: String? = nil,
        isError: Bool? = nil,
        openclaw: SessionMessageOpenclaw
    ) {
        self.role = role
        self.content = content
        self.timestamp = timestamp
        self.id = id
        self.idempotencyKey = idempotencyKey
        self.command = command
        self.runId = runId
        self.runtime = runtime
        self.provider = provider
        self.model = model
        self.usage = usage
        self.stopReason = stopReason
        self.errorMessage = errorMessage
        self.notice = notice
        self.toolCallId = toolCallId
        self.toolName = toolName
        self.isError = isError
        self.openclaw = openclaw
    }

    private enum CodingKeys: String, CodingKey {
        case role
        case content
        case timestamp
        case id
        case idempotencyKey
        case command
        case runId
        case runtime
        case provider
        case model
        case usage
        case stopReason
        case errorMessage
        case notice
        case toolCallId
        case toolName
        case isError
        case openclaw = "__openclaw"
    }
}

public struct SessionMessageOpenclaw: Codable, Sendable, Equatable {
    public var id: String
    public var seq: Int

    public init(
        id: String,
        seq: Int
    ) {
        self.id = id
        self.seq = seq
    }
}

/// Payload of session.message.
public struct SessionMessageEvent: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var message: SessionMessage
    public var messageId: String
    public var messageSeq: Int
    public var imagesLeftOut: Bool?
    public var session: SessionRow
    public var kind: SessionMessageEventKind?
    public var updatedAt: Nullable<Int>?
    public var sessionId: String?
    public var totalTokens: Int?
    public var totalTokensFresh: Bool?
    public var estimatedCostUsd: Double?
    public var label: String?
    public var thinkingLevel: String?
    public var verboseLevel: String?
    public var reasoningLevel: String?
    public var elevatedLevel: String?
    public var responseUsage: String?
    public var sendPolicy: String?
    public var groupActivation: String?
    public var execHost: String?
    public var execSecurity: String?
    public var execAsk: String?
    public var execNode: String?
    public var spawnedBy: String?
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var contextTokens: Int?
    public var modelProvider: String?
    public var model: String?
    public var abortedLastRun: Bool?
    public var systemSent: Bool?
    public var chatType: String?
    public var origin: [String: JSONValue]?
    public var deliveryContext: [String: JSONValue]?
    public var lastChannel: String?
    public var displayName: String?
    public var status: SessionMessageEventStatus?
    public var startedAt: Int?
    public var endedAt: Int?
    public var runtimeMs: Int?
    public var derivedTitle: String?
    public var lastMessagePreview: String?

    public init(
        sessionKey: String,
        message: SessionMessage,
        messageId: String,
        messageSeq: Int,
        imagesLeftOut: Bool? = nil,
        session: SessionRow,
        kind: SessionMessageEventKind? = nil,
        updatedAt: Nullable<Int>? = nil,
        sessionId: String? = nil,
        totalTokens: Int? = nil,
        totalTokensFresh: Bool? = nil,
        estimatedCostUsd: Double? = nil,
        label: String? = nil,
        thinkingLevel: String? = nil,
        verboseLevel: String? = nil,
        reasoningLevel: String? = nil,
        elevatedLevel: String? = nil,
        responseUsage: String? = nil,
        sendPolicy: String? = nil,
        groupActivation: String? = nil,
        execHost: String? = nil,
        execSecurity: String? = nil,
        execAsk: String? = nil,
        execNode: String? = nil,
        spawnedBy: String? = nil,
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        contextTokens: Int? = nil,
        modelProvider: String? = nil,
        model: String? = nil,
        abortedLastRun: Bool? = nil,
        systemSent: Bool? = nil,
        chatType: String? = nil,
        origin: [String: JSONValue]? = nil,
        deliveryContext: [String: JSONValue]? = nil,
        lastChannel: String? = nil,
        displayName: String? = nil,
        status: SessionMessageEventStatus? = nil,
        startedAt: Int? = nil,
        endedAt: Int? = nil,
        runtimeMs: Int? = nil,
        derivedTitle: String? = nil,
        lastMessagePreview: String? = nil
    ) {
        self.sessionKey = sessionKey
        self.message = message
        self.messageId = messageId
        self.messageSeq = messageSeq
        self.imagesLeftOut = imagesLeftOut
        self.session = session
        self.kind = kind
        self.updatedAt = updatedAt
        self.sessionId = sessionId
        self.totalTokens = totalTokens
        self.totalTokensFresh = totalTokensFresh
        self.estimatedCostUsd = estimatedCostUsd
        self.label = label
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.elevatedLevel = elevatedLevel
        self.responseUsage = responseUsage
        self.sendPolicy = sendPolicy
        self.groupActivation = groupActivation
        self.execHost = execHost
        self.execSecurity = execSecurity
        self.execAsk = execAsk
        self.execNode = execNode
        self.spawnedBy = spawnedBy
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.contextTokens = contextTokens
        self.modelProvider = modelProvider
        self.model = model
        self.abortedLastRun = abortedLastRun
        self.systemSent = systemSent
        self.chatType = chatType
        self.origin = origin
        self.deliveryContext = deliveryContext
        self.lastChannel = lastChannel
        self.displayName = displayName
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.runtimeMs = runtimeMs
        self.derivedTitle = derivedTitle
        self.lastMessagePreview = lastMessagePreview
    }

    private enum CodingKeys: String, CodingKey {
        case sessionKey
        case message
        case messageId
        case messageSeq
        case imagesLeftOut
        case session
        case kind
        case updatedAt
        case sessionId
        case totalTokens
        case totalTokensFresh
        case estimatedCostUsd
        case label
        case thinkingLevel
        case verboseLevel
        case reasoningLevel
        case elevatedLevel
        case responseUsage
        case sendPolicy
        case groupActivation
        case execHost
        case execSecurity
        case execAsk
        case execNode
        case spawnedBy
        case inputTokens
        case outputTokens
        case contextTokens
        case modelProvider
        case model
        case abortedLastRun
        case systemSent
        case chatType
        case origin
        case deliveryContext
        case lastChannel
        case displayName
        case status
        case startedAt
        case endedAt
        case runtimeMs
        case derivedTitle
        case lastMessagePreview
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.message = try container.decode(SessionMessage.self, forKey: .message)
        self.messageId = try container.decode(String.self, forKey: .messageId)
        self.messageSeq = try container.decode(Int.self, forKey: .messageSeq)
        self.imagesLeftOut = try container.decodeIfPresent(Bool.self, forKey: .imagesLeftOut)
        self.session = try container.decode(SessionRow.self, forKey: .session)
        self.kind = try container.decodeIfPresent(SessionMessageEventKind.self, forKey: .kind)
        self.updatedAt = try container.decodeWhenPresent(Nullable<Int>.self, forKey: .updatedAt)
        self.sessionId = try container.decodeIfPresent(String.self, forKey: .sessionId)
        self.totalTokens = try container.decodeIfPresent(Int.self, forKey: .totalTokens)
        self.totalTokensFresh = try container.decodeIfPresent(Bool.self, forKey: .totalTokensFresh)
        self.estimatedCostUsd = try container.decodeIfPresent(Double.self, forKey: .estimatedCostUsd)
        self.label = try container.decodeIfPresent(String.self, forKey: .label)
        self.thinkingLevel = try container.decodeIfPresent(String.self, forKey: .thinkingLevel)
        self.verboseLevel = try container.decodeIfPresent(String.self, forKey: .verboseLevel)
        self.reasoningLevel = try container.decodeIfPresent(String.self, forKey: .reasoningLevel)
        self.elevatedLevel = try container.decodeIfPresent(String.self, forKey: .elevatedLevel)
        self.responseUsage = try container.decodeIfPresent(String.self, forKey: .responseUsage)
        self.sendPolicy = try container.decodeIfPresent(String.self, forKey: .sendPolicy)
        self.groupActivation = try container.decodeIfPresent(String.self, forKey: .groupActivation)
        self.execHost = try container.decodeIfPresent(String.self, forKey: .execHost)
        self.execSecurity = try container.decodeIfPresent(String.self, forKey: .execSecurity)
        self.execAsk = try container.decodeIfPresent(String.self, forKey: .execAsk)
        self.execNode = try container.decodeIfPresent(String.self, forKey: .execNode)
        self.spawnedBy = try container.decodeIfPresent(String.self, forKey: .spawnedBy)
        self.inputTokens = try container.decodeIfPresent(Int.self, forKey: .inputTokens)
        self.outputTokens = try container.decodeIfPresent(Int.self, forKey: .outputTokens)
        self.contextTokens = try container.decodeIfPresent(Int.self, forKey: .contextTokens)
        self.modelProvider = try container.decodeIfPresent(String.self, forKey: .modelProvider)
        self.model = try container.decodeIfPresent(String.self, forKey: .model)
        self.abortedLastRun = try container.decodeIfPresent(Bool.self, forKey: .abortedLastRun)
        self.systemSent = try container.decodeIfPresent(Bool.self, forKey: .systemSent)
        self.chatType = try container.decodeIfPresent(String.self, forKey: .chatType)
        self.origin = try container.decodeIfPresent([String: JSONValue].self, forKey: .origin)
        self.deliveryContext = try container.decodeIfPresent([String: JSONValue].self, forKey: .deliveryContext)
        self.lastChannel = try container.decodeIfPresent(String.self, forKey: .lastChannel)
        self.displayName = try container.decodeIfPresent(String.self, forKey: .displayName)
        self.status = try container.decodeIfPresent(SessionMessageEventStatus.self, forKey: .status)
        self.startedAt = try container.decodeIfPresent(Int.self, forKey: .startedAt)
        self.endedAt = try container.decodeIfPresent(Int.self, forKey: .endedAt)
        self.runtimeMs = try container.decodeIfPresent(Int.self, forKey: .runtimeMs)
        self.derivedTitle = try container.decodeIfPresent(String.self, forKey: .derivedTitle)
        self.lastMessagePreview = try container.decodeIfPresent(String.self, forKey: .lastMessagePreview)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.message, forKey: .message)
        try container.encode(self.messageId, forKey: .messageId)
        try container.encode(self.messageSeq, forKey: .messageSeq)
        try container.encodeIfPresent(self.imagesLeftOut, forKey: .imagesLeftOut)
        try container.encode(self.session, forKey: .session)
        try container.encodeIfPresent(self.kind, forKey: .kind)
        try container.encodeIfPresent(self.updatedAt, forKey: .updatedAt)
        try container.encodeIfPresent(self.sessionId, forKey: .sessionId)
        try container.encodeIfPresent(self.totalTokens, forKey: .totalTokens)
        try container.encodeIfPresent(self.totalTokensFresh, forKey: .totalTokensFresh)
        try container.encodeIfPresent(self.estimatedCostUsd, forKey: .estimatedCostUsd)
        try container.encodeIfPresent(self.label, forKey: .label)
        try container.encodeIfPresent(self.thinkingLevel, forKey: .thinkingLevel)
        try container.encodeIfPresent(self.verboseLevel, forKey: .verboseLevel)
        try container.encodeIfPresent(self.reasoningLevel, forKey: .reasoningLevel)
        try container.encodeIfPresent(self.elevatedLevel, forKey: .elevatedLevel)
        try container.encodeIfPresent(self.responseUsage, forKey: .responseUsage)
        try container.encodeIfPresent(self.sendPolicy, forKey: .sendPolicy)
        try container.encodeIfPresent(self.groupActivation, forKey: .groupActivation)
        try container.encodeIfPresent(self.execHost, forKey: .execHost)
        try container.encodeIfPresent(self.execSecurity, forKey: .execSecurity)
        try container.encodeIfPresent(self.execAsk, forKey: .execAsk)
        try container.encodeIfPresent(self.execNode, forKey: .execNode)
        try container.encodeIfPresent(self.spawnedBy, forKey: .spawnedBy)
        try container.encodeIfPresent(self.inputTokens, forKey: .inputTokens)
        try container.encodeIfPresent(self.outputTokens, forKey: .outputTokens)
        try container.encodeIfPresent(self.contextTokens, forKey: .contextTokens)
        try container.encodeIfPresent(self.modelProvider, forKey: .modelProvider)
        try container.encodeIfPresent(self.model, forKey: .model)
        try container.encodeIfPresent(self.abortedLastRun, forKey: .abortedLastRun)
        try container.encodeIfPresent(self.systemSent, forKey: .systemSent)
        try container.encodeIfPresent(self.chatType, forKey: .chatType)
        try container.encodeIfPresent(self.origin, forKey: .origin)
        try container.encodeIfPresent(self.deliveryContext, forKey: .deliveryContext)
        try container.encodeIfPresent(self.lastChannel, forKey: .lastChannel)
        try container.encodeIfPresent(self.displayName, forKey: .displayName)
        try container.encodeIfPresent(self.status, forKey: .status)
        try container.encodeIfPresent(self.startedAt, forKey: .startedAt)
        try container.encodeIfPresent(self.endedAt, forKey: .endedAt)
        try container.encodeIfPresent(self.runtimeMs, forKey: .runtimeMs)
        try container.encodeIfPresent(self.derivedTitle, forKey: .derivedTitle)
        try container.encodeIfPresent(self.lastMessagePreview, forKey: .lastMessagePreview)
    }
}

public enum SessionMessageEventKind: RawRepresentable, Codable, Sendable, Hashable {
    case direct
    case group
    case global
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "direct": self = .direct
        case "group": self = .group
        case "global": self = .global
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .direct: "direct"
        case .group: "group"
        case .global: "global"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

public enum SessionMessageEventStatus: RawRepresentable, Codable, Sendable, Hashable {
    case running
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "running": self = .running
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .running: "running"
        case .unknown(let word): word
        }
    }
}

public struct SessionPreview: Codable, Sendable, Equatable {
    public var key: String
    public var status: SessionPreviewStatus
    public var items: [SessionPreviewItem]

    public init(
        key: String,
        status: SessionPreviewStatus,
        items: [SessionPreviewItem]
    ) {
        self.key = key
        self.status = status
        self.items = items
    }
}

public enum SessionPreviewStatus: RawRepresentable, Codable, Sendable, Hashable {
    case ok
    case empty
    case missing
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "ok": self = .ok
        case "empty": self = .empty
        case "missing": self = .missing
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .ok: "ok"
        case .empty: "empty"
        case .missing: "missing"
        case .unknown(let word): word
        }
    }
}

public struct SessionPreviewItem: Codable, Sendable, Equatable {
    public var role: SessionPreviewItemRole
    public var text: String

    public init(
        role: SessionPreviewItemRole,
        text: String
    ) {
        self.role = role
        self.text = text
    }
}

public enum SessionPreviewItemRole: RawRepresentable, Codable, Sendable, Hashable {
    case user
    case assistant
    case tool
    case system
    case other
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "user": self = .user
        case "assistant": self = .assistant
        case "tool": self = .tool
        case "system": self = .system
        case "other": self = .other
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .user: "user"
        case .assistant: "assistant"
        case .tool: "tool"
        case .system: "system"
        case .other: "other"
        case .unknown(let word): word
        }
    }
}

public struct SessionRow: Codable, Sendable, Equatable {
    public var key: String
    public var kind: SessionRowKind
    public var updatedAt: Int?
    public var sessionId: String?
    public var totalTokens: Int
    public var totalTokensFresh: Bool?
    public var estimatedCostUsd: Double?
    public var label: String?
    public var thinkingLevel: String?
    public var verboseLevel: String?
    public var reasoningLevel: String?
    public var elevatedLevel: String?
    public var responseUsage: String?
    public var sendPolicy: String?
    public var groupActivation: String?
    public var execHost: String?
    public var execSecurity: String?
    public var execAsk: String?
    public var execNode: String?
    public var spawnedBy: String?
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var contextTokens: Int?
    public var modelProvider: String?
    public var model: String?
    public var abortedLastRun: Bool?
    public var systemSent: Bool?
    public var chatType: String?
    public var origin: [String: JSONValue]?
    public var deliveryContext: [String: JSONValue]?
    public var lastChannel: String?
    public var displayName: String?
    public var status: SessionRowStatus?
    public var startedAt: Int?
    public var endedAt: Int?
    public var runtimeMs: Int?
    public var derivedTitle: String?
    public var lastMessagePreview: String?

    public init(
        key: String,
        kind: SessionRowKind,
        updatedAt: Int?,
        sessionId: String? = nil,
        totalTokens: Int,
        totalTokensFresh: Bool? = nil,
        estimatedCostUsd: Double? = nil,
        label: String? = nil,
        thinkingLevel: String? = nil,
        verboseLevel: String? = nil,
        reasoningLevel: String? = nil,
        elevatedLevel: String? = nil,
        responseUsage: String? = nil,
        sendPolicy: String? = nil,
        groupActivation: String? = nil,
        execHost: String? = nil,
        execSecurity: String? = nil,
        execAsk: String? = nil,
        execNode: String? = nil,
        spawnedBy: String? = nil,
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        contextTokens: Int? = nil,
        modelProvider: String? = nil,
        model: String? = nil,
        abortedLastRun: Bool? = nil,
        systemSent: Bool? = nil,
        chatType: String? = nil,
        origin: [String: JSONValue]? = nil,
        deliveryContext: [String: JSONValue]? = nil,
        lastChannel: String? = nil,
        displayName: String? = nil,
        status: SessionRowStatus? = nil,
        startedAt: Int? = nil,
        endedAt: Int? = nil,
        runtimeMs: Int? = nil,
        derivedTitle: String? = nil,
        lastMessagePreview: String? = nil
    ) {
        self.key = key
        self.kind = kind
        self.updatedAt = updatedAt
        self.sessionId = sessionId
        self.totalTokens = totalTokens
        self.totalTokensFresh = totalTokensFresh
        self.estimatedCostUsd = estimatedCostUsd
        self.label = label
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.elevatedLevel = elevatedLevel
        self.responseUsage = responseUsage
        self.sendPolicy = sendPolicy
        self.groupActivation = groupActivation
        self.execHost = execHost
        self.execSecurity = execSecurity
        self.execAsk = execAsk
        self.execNode = execNode
        self.spawnedBy = spawnedBy
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.contextTokens = contextTokens
        self.modelProvider = modelProvider
        self.model = model
        self.abortedLastRun = abortedLastRun
        self.systemSent = systemSent
        self.chatType = chatType
        self.origin = origin
        self.deliveryContext = deliveryContext
        self.lastChannel = lastChannel
        self.displayName = displayName
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.runtimeMs = runtimeMs
        self.derivedTitle = derivedTitle
        self.lastMessagePreview = lastMessagePreview
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case kind
        case updatedAt
        case sessionId
        case totalTokens
        case totalTokensFresh
        case estimatedCostUsd
        case label
        case thinkingLevel
        case verboseLevel
        case reasoningLevel
        case elevatedLevel
        case responseUsage
        case sendPolicy
        case groupActivation
        case execHost
        case execSecurity
        case execAsk
        case execNode
        case spawnedBy
        case inputTokens
        case outputTokens
        case contextTokens
        case modelProvider
        case model
        case abortedLastRun
        case systemSent
        case chatType
        case origin
        case deliveryContext
        case lastChannel
        case displayName
        case status
        case startedAt
        case endedAt
        case runtimeMs
        case derivedTitle
        case lastMessagePreview
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.key = try container.decode(String.self, forKey: .key)
        self.kind = try container.decode(SessionRowKind.self, forKey: .kind)
        self.updatedAt = try container.decode(Int?.self, forKey: .updatedAt)
        self.sessionId = try container.decodeIfPresent(String.self, forKey: .sessionId)
        self.totalTokens = try container.decode(Int.self, forKey: .totalTokens)
        self.totalTokensFresh = try container.decodeIfPresent(Bool.self, forKey: .totalTokensFresh)
        self.estimatedCostUsd = try container.decodeIfPresent(Double.self, forKey: .estimatedCostUsd)
        self.label = try container.decodeIfPresent(String.self, forKey: .label)
        self.thinkingLevel = try container.decodeIfPresent(String.self, forKey: .thinkingLevel)
        self.verboseLevel = try container.decodeIfPresent(String.self, forKey: .verboseLevel)
        self.reasoningLevel = try container.decodeIfPresent(String.self, forKey: .reasoningLevel)
        self.elevatedLevel = try container.decodeIfPresent(String.self, forKey: .elevatedLevel)
        self.responseUsage = try container.decodeIfPresent(String.self, forKey: .responseUsage)
        self.sendPolicy = try container.decodeIfPresent(String.self, forKey: .sendPolicy)
        self.groupActivation = try container.decodeIfPresent(String.self, forKey: .groupActivation)
        self.execHost = try container.decodeIfPresent(String.self, forKey: .execHost)
        self.execSecurity = try container.decodeIfPresent(String.self, forKey: .execSecurity)
        self.execAsk = try container.decodeIfPresent(String.self, forKey: .execAsk)
        self.execNode = try container.decodeIfPresent(String.self, forKey: .execNode)
        self.spawnedBy = try container.decodeIfPresent(String.self, forKey: .spawnedBy)
        self.inputTokens = try container.decodeIfPresent(Int.self, forKey: .inputTokens)
        self.outputTokens = try container.decodeIfPresent(Int.self, forKey: .outputTokens)
        self.contextTokens = try container.decodeIfPresent(Int.self, forKey: .contextTokens)
        self.modelProvider = try container.decodeIfPresent(String.self, forKey: .modelProvider)
        self.model = try container.decodeIfPresent(String.self, forKey: .model)
        self.abortedLastRun = try container.decodeIfPresent(Bool.self, forKey: .abortedLastRun)
        self.systemSent = try container.decodeIfPresent(Bool.self, forKey: .systemSent)
        self.chatType = try container.decodeIfPresent(String.self, forKey: .chatType)
        self.origin = try container.decodeIfPresent([String: JSONValue].self, forKey: .origin)
        self.deliveryContext = try container.decodeIfPresent([String: JSONValue].self, forKey: .deliveryContext)
        self.lastChannel = try container.decodeIfPresent(String.self, forKey: .lastChannel)
        self.displayName = try container.decodeIfPresent(String.self, forKey: .displayName)
        self.status = try container.decodeIfPresent(SessionRowStatus.self, forKey: .status)
        self.startedAt = try container.decodeIfPresent(Int.self, forKey: .startedAt)
        self.endedAt = try container.decodeIfPresent(Int.self, forKey: .endedAt)
        self.runtimeMs = try container.decodeIfPresent(Int.self, forKey: .runtimeMs)
        self.derivedTitle = try container.decodeIfPresent(String.self, forKey: .derivedTitle)
        self.lastMessagePreview = try container.decodeIfPresent(String.self, forKey: .lastMessagePreview)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.updatedAt, forKey: .updatedAt)
        try container.encodeIfPresent(self.sessionId, forKey: .sessionId)
        try container.encode(self.totalTokens, forKey: .totalTokens)
        try container.encodeIfPresent(self.totalTokensFresh, forKey: .totalTokensFresh)
        try container.encodeIfPresent(self.estimatedCostUsd, forKey: .estimatedCostUsd)
        try container.encodeIfPresent(self.label, forKey: .label)
        try container.encodeIfPresent(self.thinkingLevel, forKey: .thinkingLevel)
        try container.encodeIfPresent(self.verboseLevel, forKey: .verboseLevel)
        try container.encodeIfPresent(self.reasoningLevel, forKey: .reasoningLevel)
        try container.encodeIfPresent(self.elevatedLevel, forKey: .elevatedLevel)
        try container.encodeIfPresent(self.responseUsage, forKey: .responseUsage)
        try container.encodeIfPresent(self.sendPolicy, forKey: .sendPolicy)
        try container.encodeIfPresent(self.groupActivation, forKey: .groupActivation)
        try container.encodeIfPresent(self.execHost, forKey: .execHost)
        try container.encodeIfPresent(self.execSecurity, forKey: .execSecurity)
        try container.encodeIfPresent(self.execAsk, forKey: .execAsk)
        try container.encodeIfPresent(self.execNode, forKey: .execNode)
        try container.encodeIfPresent(self.spawnedBy, forKey: .spawnedBy)
        try container.encodeIfPresent(self.inputTokens, forKey: .inputTokens)
        try container.encodeIfPresent(self.outputTokens, forKey: .outputTokens)
        try container.encodeIfPresent(self.contextTokens, forKey: .contextTokens)
        try container.encodeIfPresent(self.modelProvider, forKey: .modelProvider)
        try container.encodeIfPresent(self.model, forKey: .model)
        try container.encodeIfPresent(self.abortedLastRun, forKey: .abortedLastRun)
        try container.encodeIfPresent(self.systemSent, forKey: .systemSent)
        try container.encodeIfPresent(self.chatType, forKey: .chatType)
        try container.encodeIfPresent(self.origin, forKey: .origin)
        try container.encodeIfPresent(self.deliveryContext, forKey: .deliveryContext)
        try container.encodeIfPresent(self.lastChannel, forKey: .lastChannel)
        try container.encodeIfPresent(self.displayName, forKey: .displayName)
        try container.encodeIfPresent(self.status, forKey: .status)
        try container.encodeIfPresent(self.startedAt, forKey: .startedAt)
        try container.encodeIfPresent(self.endedAt, forKey: .endedAt)
        try container.encodeIfPresent(self.runtimeMs, forKey: .runtimeMs)
        try container.encodeIfPresent(self.derivedTitle, forKey: .derivedTitle)
        try container.encodeIfPresent(self.lastMessagePreview, forKey: .lastMessagePreview)
    }
}

public enum SessionRowKind: RawRepresentable, Codable, Sendable, Hashable {
    case direct
    case group
    case global
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "direct": self = .direct
        case "group": self = .group
        case "global": self = .global
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .direct: "direct"
        case .group: "group"
        case .global: "global"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

public enum SessionRowStatus: RawRepresentable, Codable, Sendable, Hashable {
    case running
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "running": self = .running
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .running: "running"
        case .unknown(let word): word
        }
    }
}

public enum SessionScope: RawRepresentable, Codable, Sendable, Hashable {
    case perSender
    case global
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "per-sender": self = .perSender
        case "global": self = .global
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .perSender: "per-sender"
        case .global: "global"
        case .unknown(let word): word
        }
    }
}

/// Payload of sessions.changed.
public struct SessionsChangedEvent: Codable, Sendable, Equatable {
    public var sessionKey: String
    public var reason: SessionChange
    public var phase: SessionsChangedEventPhase?
    public var ts: Int
    public var session: SessionRow?
    public var messageId: String?
    public var messageSeq: Int?
    public var kind: SessionsChangedEventKind?
    public var updatedAt: Nullable<Int>?
    public var sessionId: String?
    public var totalTokens: Int?
    public var totalTokensFresh: Bool?
    public var estimatedCostUsd: Double?
    public var label: String?
    public var thinkingLevel: String?
    public var verboseLevel: String?
    public var reasoningLevel: String?
    public var elevatedLevel: String?
    public var responseUsage: String?
    public var sendPolicy: String?
    public var groupActivation: String?
    public var execHost: String?
    public var execSecurity: String?
    public var execAsk: String?
    public var execNode: String?
    public var spawnedBy: String?
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var contextTokens: Int?
    public var modelProvider: String?
    public var model: String?
    public var abortedLastRun: Bool?
    public var systemSent: Bool?
    public var chatType: String?
    public var origin: [String: JSONValue]?
    public var deliveryContext: [String: JSONValue]?
    public var lastChannel: String?
    public var displayName: String?
    public var status: SessionsChangedEventStatus?
    public var startedAt: Int?
    public var endedAt: Int?
    public var runtimeMs: Int?
    public var derivedTitle: String?
    public var lastMessagePreview: String?

    public init(
        sessionKey: String,
        reason: SessionChange,
        phase: SessionsChangedEventPhase? = nil,
        ts: Int,
        session: SessionRow?,
        messageId: String? = nil,
        messageSeq: Int? = nil,
        kind: SessionsChangedEventKind? = nil,
        updatedAt: Nullable<Int>? = nil,
        sessionId: String? = nil,
        totalTokens: Int? = nil,
        totalTokensFresh: Bool? = nil,
        estimatedCostUsd: Double? = nil,
        label: String? = nil,
        thinkingLevel: String? = nil,
        verboseLevel: String? = nil,
        reasoningLevel: String? = nil,
        elevatedLevel: String? = nil,
        responseUsage: String? = nil,
        sendPolicy: String? = nil,
        groupActivation: String? = nil,
        execHost: String? = nil,
        execSecurity: String? = nil,
        execAsk: String? = nil,
        execNode: String? = nil,
        spawnedBy: String? = nil,
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        contextTokens: Int? = nil,
        modelProvider: String? = nil,
        model: String? = nil,
        abortedLastRun: Bool? = nil,
        systemSent: Bool? = nil,
        chatType: String? = nil,
        origin: [String: JSONValue]? = nil,
        deliveryContext: [String: JSONValue]? = nil,
        lastChannel: String? = nil,
        displayName: String? = nil,
        status: SessionsChangedEventStatus? = nil,
        startedAt: Int? = nil,
        endedAt: Int? = nil,
        runtimeMs: Int? = nil,
        derivedTitle: String? = nil,
        lastMessagePreview: String? = nil
    ) {
        self.sessionKey = sessionKey
        self.reason = reason
        self.phase = phase
        self.ts = ts
        self.session = session
        self.messageId = messageId
        self.messageSeq = messageSeq
        self.kind = kind
        self.updatedAt = updatedAt
        self.sessionId = sessionId
        self.totalTokens = totalTokens
        self.totalTokensFresh = totalTokensFresh
        self.estimatedCostUsd = estimatedCostUsd
        self.label = label
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.elevatedLevel = elevatedLevel
        self.responseUsage = responseUsage
        self.sendPolicy = sendPolicy
        self.groupActivation = groupActivation
        self.execHost = execHost
        self.execSecurity = execSecurity
        self.execAsk = execAsk
        self.execNode = execNode
        self.spawnedBy = spawnedBy
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.contextTokens = contextTokens
        self.modelProvider = modelProvider
        self.model = model
        self.abortedLastRun = abortedLastRun
        self.systemSent = systemSent
        self.chatType = chatType
        self.origin = origin
        self.deliveryContext = deliveryContext
        self.lastChannel = lastChannel
        self.displayName = displayName
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.runtimeMs = runtimeMs
        self.derivedTitle = derivedTitle
        self.lastMessagePreview = lastMessagePreview
    }

    private enum CodingKeys: String, CodingKey {
        case sessionKey
        case reason
        case phase
        case ts
        case session
        case messageId
        case messageSeq
        case kind
        case updatedAt
        case sessionId
        case totalTokens
        case totalTokensFresh
        case estimatedCostUsd
        case label
        case thinkingLevel
        case verboseLevel
        case reasoningLevel
        case elevatedLevel
        case responseUsage
        case sendPolicy
        case groupActivation
        case execHost
        case execSecurity
        case execAsk
        case execNode
        case spawnedBy
        case inputTokens
        case outputTokens
        case contextTokens
        case modelProvider
        case model
        case abortedLastRun
        case systemSent
        case chatType
        case origin
        case deliveryContext
        case lastChannel
        case displayName
        case status
        case startedAt
        case endedAt
        case runtimeMs
        case derivedTitle
        case lastMessagePreview
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.sessionKey = try container.decode(String.self, forKey: .sessionKey)
        self.reason = try container.decode(SessionChange.self, forKey: .reason)
        self.phase = try container.decodeIfPresent(SessionsChangedEventPhase.self, forKey: .phase)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.session = try container.decode(SessionRow?.self, forKey: .session)
        self.messageId = try container.decodeIfPresent(String.self, forKey: .messageId)
        self.messageSeq = try container.decodeIfPresent(Int.self, forKey: .messageSeq)
        self.kind = try container.decodeIfPresent(SessionsChangedEventKind.self, forKey: .kind)
        self.updatedAt = try container.decodeWhenPresent(Nullable<Int>.self, forKey: .updatedAt)
        self.sessionId = try container.decodeIfPresent(String.self, forKey: .sessionId)
        self.totalTokens = try container.decodeIfPresent(Int.self, forKey: .totalTokens)
        self.totalTokensFresh = try container.decodeIfPresent(Bool.self, forKey: .totalTokensFresh)
        self.estimatedCostUsd = try container.decodeIfPresent(Double.self, forKey: .estimatedCostUsd)
        self.label = try container.decodeIfPresent(String.self, forKey: .label)
        self.thinkingLevel = try container.decodeIfPresent(String.self, forKey: .thinkingLevel)
        self.verboseLevel = try container.decodeIfPresent(String.self, forKey: .verboseLevel)
        self.reasoningLevel = try container.decodeIfPresent(String.self, forKey: .reasoningLevel)
        self.elevatedLevel = try container.decodeIfPresent(String.self, forKey: .elevatedLevel)
        self.responseUsage = try container.decodeIfPresent(String.self, forKey: .responseUsage)
        self.sendPolicy = try container.decodeIfPresent(String.self, forKey: .sendPolicy)
        self.groupActivation = try container.decodeIfPresent(String.self, forKey: .groupActivation)
        self.execHost = try container.decodeIfPresent(String.self, forKey: .execHost)
        self.execSecurity = try container.decodeIfPresent(String.self, forKey: .execSecurity)
        self.execAsk = try container.decodeIfPresent(String.self, forKey: .execAsk)
        self.execNode = try container.decodeIfPresent(String.self, forKey: .execNode)
        self.spawnedBy = try container.decodeIfPresent(String.self, forKey: .spawnedBy)
        self.inputTokens = try container.decodeIfPresent(Int.self, forKey: .inputTokens)
        self.outputTokens = try container.decodeIfPresent(Int.self, forKey: .outputTokens)
        self.contextTokens = try container.decodeIfPresent(Int.self, forKey: .contextTokens)
        self.modelProvider = try container.decodeIfPresent(String.self, forKey: .modelProvider)
        self.model = try container.decodeIfPresent(String.self, forKey: .model)
        self.abortedLastRun = try container.decodeIfPresent(Bool.self, forKey: .abortedLastRun)
        self.systemSent = try container.decodeIfPresent(Bool.self, forKey: .systemSent)
        self.chatType = try container.decodeIfPresent(String.self, forKey: .chatType)
        self.origin = try container.decodeIfPresent([String: JSONValue].self, forKey: .origin)
        self.deliveryContext = try container.decodeIfPresent([String: JSONValue].self, forKey: .deliveryContext)
        self.lastChannel = try container.decodeIfPresent(String.self, forKey: .lastChannel)
        self.displayName = try container.decodeIfPresent(String.self, forKey: .displayName)
        self.status = try container.decodeIfPresent(SessionsChangedEventStatus.self, forKey: .status)
        self.startedAt = try container.decodeIfPresent(Int.self, forKey: .startedAt)
        self.endedAt = try container.decodeIfPresent(Int.self, forKey: .endedAt)
        self.runtimeMs = try container.decodeIfPresent(Int.self, forKey: .runtimeMs)
        self.derivedTitle = try container.decodeIfPresent(String.self, forKey: .derivedTitle)
        self.lastMessagePreview = try container.decodeIfPresent(String.self, forKey: .lastMessagePreview)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.sessionKey, forKey: .sessionKey)
        try container.encode(self.reason, forKey: .reason)
        try container.encodeIfPresent(self.phase, forKey: .phase)
        try container.encode(self.ts, forKey: .ts)
        try container.encode(self.session, forKey: .session)
        try container.encodeIfPresent(self.messageId, forKey: .messageId)
        try container.encodeIfPresent(self.messageSeq, forKey: .messageSeq)
        try container.encodeIfPresent(self.kind, forKey: .kind)
        try container.encodeIfPresent(self.updatedAt, forKey: .updatedAt)
        try container.encodeIfPresent(self.sessionId, forKey: .sessionId)
        try container.encodeIfPresent(self.totalTokens, forKey: .totalTokens)
        try container.encodeIfPresent(self.totalTokensFresh, forKey: .totalTokensFresh)
        try container.encodeIfPresent(self.estimatedCostUsd, forKey: .estimatedCostUsd)
        try container.encodeIfPresent(self.label, forKey: .label)
        try container.encodeIfPresent(self.thinkingLevel, forKey: .thinkingLevel)
        try container.encodeIfPresent(self.verboseLevel, forKey: .verboseLevel)
        try container.encodeIfPresent(self.reasoningLevel, forKey: .reasoningLevel)
        try container.encodeIfPresent(self.elevatedLevel, forKey: .elevatedLevel)
        try container.encodeIfPresent(self.responseUsage, forKey: .responseUsage)
        try container.encodeIfPresent(self.sendPolicy, forKey: .sendPolicy)
        try container.encodeIfPresent(self.groupActivation, forKey: .groupActivation)
        try container.encodeIfPresent(self.execHost, forKey: .execHost)
        try container.encodeIfPresent(self.execSecurity, forKey: .execSecurity)
        try container.encodeIfPresent(self.execAsk, forKey: .execAsk)
        try container.encodeIfPresent(self.execNode, forKey: .execNode)
        try container.encodeIfPresent(self.spawnedBy, forKey: .spawnedBy)
        try container.encodeIfPresent(self.inputTokens, forKey: .inputTokens)
        try container.encodeIfPresent(self.outputTokens, forKey: .outputTokens)
        try container.encodeIfPresent(self.contextTokens, forKey: .contextTokens)
        try container.encodeIfPresent(self.modelProvider, forKey: .modelProvider)
        try container.encodeIfPresent(self.model, forKey: .model)
        try container.encodeIfPresent(self.abortedLastRun, forKey: .abortedLastRun)
        try container.encodeIfPresent(self.systemSent, forKey: .systemSent)
        try container.encodeIfPresent(self.chatType, forKey: .chatType)
        try container.encodeIfPresent(self.origin, forKey: .origin)
        try container.encodeIfPresent(self.deliveryContext, forKey: .deliveryContext)
        try container.encodeIfPresent(self.lastChannel, forKey: .lastChannel)
        try container.encodeIfPresent(self.displayName, forKey: .displayName)
        try container.encodeIfPresent(self.status, forKey: .status)
        try container.encodeIfPresent(self.startedAt, forKey: .startedAt)
        try container.encodeIfPresent(self.endedAt, forKey: .endedAt)
        try container.encodeIfPresent(self.runtimeMs, forKey: .runtimeMs)
        try container.encodeIfPresent(self.derivedTitle, forKey: .derivedTitle)
        try container.encodeIfPresent(self.lastMessagePreview, forKey: .lastMessagePreview)
    }
}

public enum SessionsChangedEventPhase: RawRepresentable, Codable, Sendable, Hashable {
    case message
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "message": self = .message
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .message: "message"
        case .unknown(let word): word
        }
    }
}

public enum SessionsChangedEventKind: RawRepresentable, Codable, Sendable, Hashable {
    case direct
    case group
    case global
    case unknown
    /// A word that this build does not know.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "direct": self = .direct
        case "group": self = .group
        case "global": self = .global
        case "unknown": self = .unknown
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .direct: "direct"
        case .group: "group"
        case .global: "global"
        case .unknown: "unknown"
        case .unrecognized(let word): word
        }
    }
}

public enum SessionsChangedEventStatus: RawRepresentable, Codable, Sendable, Hashable {
    case running
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "running": self = .running
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .running: "running"
        case .unknown(let word): word
        }
    }
}

/// Params of sessions.compact.
public struct SessionsCompactParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?
    /// messages kept; default 400
    public var maxLines: Int?

    public init(
        key: String,
        agentId: String? = nil,
        maxLines: Int? = nil
    ) {
        self.key = key
        self.agentId = agentId
        self.maxLines = maxLines
    }
}

/// Result of sessions.compact.
public struct SessionsCompactResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var key: String
    public var compacted: Bool
    public var kept: Int?
    public var archived: String?
    public var reason: SessionsCompactResultReason?

    public init(
        key: String,
        compacted: Bool,
        kept: Int? = nil,
        archived: String? = nil,
        reason: SessionsCompactResultReason? = nil
    ) {
        self.key = key
        self.compacted = compacted
        self.kept = kept
        self.archived = archived
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case key
        case compacted
        case kept
        case archived
        case reason
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.key = try container.decode(String.self, forKey: .key)
        self.compacted = try container.decode(Bool.self, forKey: .compacted)
        self.kept = try container.decodeIfPresent(Int.self, forKey: .kept)
        self.archived = try container.decodeIfPresent(String.self, forKey: .archived)
        self.reason = try container.decodeIfPresent(SessionsCompactResultReason.self, forKey: .reason)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.compacted, forKey: .compacted)
        try container.encodeIfPresent(self.kept, forKey: .kept)
        try container.encodeIfPresent(self.archived, forKey: .archived)
        try container.encodeIfPresent(self.reason, forKey: .reason)
    }
}

public enum SessionsCompactResultReason: RawRepresentable, Codable, Sendable, Hashable {
    case noSessionId
    case noTranscript
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "no sessionId": self = .noSessionId
        case "no transcript": self = .noTranscript
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .noSessionId: "no sessionId"
        case .noTranscript: "no transcript"
        case .unknown(let word): word
        }
    }
}

/// Params of sessions.create.
public struct SessionsCreateParams: Codable, Sendable, Equatable {
    public var key: String?
    public var agentId: String?
    public var label: String?
    public var model: String?
    public var thinkingLevel: SessionsCreateParamsThinkingLevel?
    public var parentSessionKey: String?
    public var message: String?
    public var task: String?

    public init(
        key: String? = nil,
        agentId: String? = nil,
        label: String? = nil,
        model: String? = nil,
        thinkingLevel: SessionsCreateParamsThinkingLevel? = nil,
        parentSessionKey: String? = nil,
        message: String? = nil,
        task: String? = nil
    ) {
        self.key = key
        self.agentId = agentId
        self.label = label
        self.model = model
        self.thinkingLevel = thinkingLevel
        self.parentSessionKey = parentSessionKey
        self.message = message
        self.task = task
    }
}

public enum SessionsCreateParamsThinkingLevel: RawRepresentable, Codable, Sendable, Hashable {
    case off
    case minimal
    case low
    case medium
    case high
    case xhigh
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "off": self = .off
        case "minimal": self = .minimal
        case "low": self = .low
        case "medium": self = .medium
        case "high": self = .high
        case "xhigh": self = .xhigh
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .off: "off"
        case .minimal: "minimal"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .xhigh: "xhigh"
        case .unknown(let word): word
        }
    }
}

/// Result of sessions.create.
public struct SessionsCreateResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var key: String
    public var sessionId: String
    public var entry: SessionEntry
    public var runStarted: Bool
    public var runId: String?

    public init(
        key: String,
        sessionId: String,
        entry: SessionEntry,
        runStarted: Bool,
        runId: String? = nil
    ) {
        self.key = key
        self.sessionId = sessionId
        self.entry = entry
        self.runStarted = runStarted
        self.runId = runId
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case key
        case sessionId
        case entry
        case runStarted
        case runId
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.key = try container.decode(String.self, forKey: .key)
        self.sessionId = try container.decode(String.self, forKey: .sessionId)
        self.entry = try container.decode(SessionEntry.self, forKey: .entry)
        self.runStarted = try container.decode(Bool.self, forKey: .runStarted)
        self.runId = try container.decodeIfPresent(String.self, forKey: .runId)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.sessionId, forKey: .sessionId)
        try container.encode(self.entry, forKey: .entry)
        try container.encode(self.runStarted, forKey: .runStarted)
        try container.encodeIfPresent(self.runId, forKey: .runId)
    }
}

/// Params of sessions.delete.
public struct SessionsDeleteParams: Codable, Sendable, Equatable {
    public var key: String
    public var deleteTranscript: Bool?
    public var agentId: String?

    public init(
        key: String,
        deleteTranscript: Bool? = nil,
        agentId: String? = nil
    ) {
        self.key = key
        self.deleteTranscript = deleteTranscript
        self.agentId = agentId
    }
}

/// Result of sessions.delete.
public struct SessionsDeleteResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var key: String
    public var deleted: Bool
    public var archived: [String]

    public init(
        key: String,
        deleted: Bool,
        archived: [String]
    ) {
        self.key = key
        self.deleted = deleted
        self.archived = archived
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case key
        case deleted
        case archived
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.key = try container.decode(String.self, forKey: .key)
        self.deleted = try container.decode(Bool.self, forKey: .deleted)
        self.archived = try container.decode([String].self, forKey: .archived)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.deleted, forKey: .deleted)
        try container.encode(self.archived, forKey: .archived)
    }
}

/// Params of sessions.describe.
public struct SessionsDescribeParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?
    public var includeDerivedTitles: Bool?
    public var includeLastMessage: Bool?

    public init(
        key: String,
        agentId: String? = nil,
        includeDerivedTitles: Bool? = nil,
        includeLastMessage: Bool? = nil
    ) {
        self.key = key
        self.agentId = agentId
        self.includeDerivedTitles = includeDerivedTitles
        self.includeLastMessage = includeLastMessage
    }
}

/// Result of sessions.describe.
public struct SessionsDescribeResult: Codable, Sendable, Equatable {
    public var session: SessionRow?

    public init(
        session: SessionRow?
    ) {
        self.session = session
    }

    private enum CodingKeys: String, CodingKey {
        case session
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.session = try container.decode(SessionRow?.self, forKey: .session)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.session, forKey: .session)
    }
}

public struct SessionsGlance: Codable, Sendable, Equatable {
    public var path: String
    public var count: Int
    public var recent: [SessionGlance]

    public init(
        path: String,
        count: Int,
        recent: [SessionGlance]
    ) {
        self.path = path
        self.count = count
        self.recent = recent
    }
}

/// Params of sessions.list.
public struct SessionsListParams: Codable, Sendable, Equatable {
    /// default 200
    public var limit: Int?
    public var offset: Int?
    public var activeMinutes: Int?
    public var includeGlobal: Bool?
    public var includeUnknown: Bool?
    public var includeDerivedTitles: Bool?
    public var includeLastMessage: Bool?
    public var label: String?
    public var spawnedBy: String?
    public var agentId: String?
    public var search: String?

    public init(
        limit: Int? = nil,
        offset: Int? = nil,
        activeMinutes: Int? = nil,
        includeGlobal: Bool? = nil,
        includeUnknown: Bool? = nil,
        includeDerivedTitles: Bool? = nil,
        includeLastMessage: Bool? = nil,
        label: String? = nil,
        spawnedBy: String? = nil,
        agentId: String? = nil,
        search: String? = nil
    ) {
        self.limit = limit
        self.offset = offset
        self.activeMinutes = activeMinutes
        self.includeGlobal = includeGlobal
        self.includeUnknown = includeUnknown
        self.includeDerivedTitles = includeDerivedTitles
        self.includeLastMessage = includeLastMessage
        self.label = label
        self.spawnedBy = spawnedBy
        self.agentId = agentId
        self.search = search
    }
}

/// Result of sessions.list.
public struct SessionsListResult: Codable, Sendable, Equatable {
    public var ts: Int
    public var path: String
    public var count: Int
    public var totalCount: Int
    public var hasMore: Bool
    public var nextOffset: Nullable<Int>?
    public var defaults: SessionsListResultDefaults
    public var sessions: [SessionRow]

    public init(
        ts: Int,
        path: String,
        count: Int,
        totalCount: Int,
        hasMore: Bool,
        nextOffset: Nullable<Int>? = nil,
        defaults: SessionsListResultDefaults,
        sessions: [SessionRow]
    ) {
        self.ts = ts
        self.path = path
        self.count = count
        self.totalCount = totalCount
        self.hasMore = hasMore
        self.nextOffset = nextOffset
        self.defaults = defaults
        self.sessions = sessions
    }

    private enum CodingKeys: String, CodingKey {
        case ts
        case path
        case count
        case totalCount
        case hasMore
        case nextOffset
        case defaults
        case sessions
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.ts = try container.decode(Int.self, forKey: .ts)
        self.path = try container.decode(String.self, forKey: .path)
        self.count = try container.decode(Int.self, forKey: .count)
        self.totalCount = try container.decode(Int.self, forKey: .totalCount)
        self.hasMore = try container.decode(Bool.self, forKey: .hasMore)
        self.nextOffset = try container.decodeWhenPresent(Nullable<Int>.self, forKey: .nextOffset)
        self.defaults = try container.decode(SessionsListResultDefaults.self, forKey: .defaults)
        self.sessions = try container.decode([SessionRow].self, forKey: .sessions)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ts, forKey: .ts)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.count, forKey: .count)
        try container.encode(self.totalCount, forKey: .totalCount)
        try container.encode(self.hasMore, forKey: .hasMore)
        try container.encodeIfPresent(self.nextOffset, forKey: .nextOffset)
        try container.encode(self.defaults, forKey: .defaults)
        try container.encode(self.sessions, forKey: .sessions)
    }
}

public struct SessionsListResultDefaults: Codable, Sendable, Equatable {
    public var modelProvider: String?
    public var model: String?
    public var contextTokens: Int?

    public init(
        modelProvider: String?,
        model: String?,
        contextTokens: Int?
    ) {
        self.modelProvider = modelProvider
        self.model = model
        self.contextTokens = contextTokens
    }

    private enum CodingKeys: String, CodingKey {
        case modelProvider
        case model
        case contextTokens
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.modelProvider = try container.decode(String?.self, forKey: .modelProvider)
        self.model = try container.decode(String?.self, forKey: .model)
        self.contextTokens = try container.decode(Int?.self, forKey: .contextTokens)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.modelProvider, forKey: .modelProvider)
        try container.encode(self.model, forKey: .model)
        try container.encode(self.contextTokens, forKey: .contextTokens)
    }
}

/// Params of sessions.messages.subscribe.
public struct SessionsMessagesSubscribeParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?

    public init(
        key: String,
        agentId: String? = nil
    ) {
        self.key = key
        self.agentId = agentId
    }
}

/// Result of sessions.messages.subscribe.
public struct SessionsMessagesSubscribeResult: Codable, Sendable, Equatable {
    public var subscribed: Bool
    public var key: String

    public init(
        subscribed: Bool,
        key: String
    ) {
        self.subscribed = subscribed
        self.key = key
    }
}

/// Params of sessions.messages.unsubscribe.
public struct SessionsMessagesUnsubscribeParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?

    public init(
        key: String,
        agentId: String? = nil
    ) {
        self.key = key
        self.agentId = agentId
    }
}

/// Result of sessions.messages.unsubscribe.
public struct SessionsMessagesUnsubscribeResult: Codable, Sendable, Equatable {
    public var subscribed: Bool
    public var key: String

    public init(
        subscribed: Bool,
        key: String
    ) {
        self.subscribed = subscribed
        self.key = key
    }
}

/// Params of sessions.patch.
public struct SessionsPatchParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?
    public var label: Nullable<String>?
    public var thinkingLevel: Nullable<SessionsPatchParamsThinkingLevel>?
    public var verboseLevel: Nullable<SessionsPatchParamsVerboseLevel>?
    public var reasoningLevel: Nullable<SessionsPatchParamsReasoningLevel>?
    public var responseUsage: Nullable<SessionsPatchParamsResponseUsage>?
    public var elevatedLevel: Nullable<SessionsPatchParamsElevatedLevel>?
    public var execHost: Nullable<SessionsPatchParamsExecHost>?
    public var execSecurity: Nullable<SessionsPatchParamsExecSecurity>?
    public var execAsk: Nullable<SessionsPatchParamsExecAsk>?
    public var execNode: Nullable<String>?
    public var model: Nullable<String>?
    public var spawnedBy: Nullable<String>?
    public var sendPolicy: Nullable<SessionsPatchParamsSendPolicy>?
    public var groupActivation: Nullable<SessionsPatchParamsGroupActivation>?

    public init(
        key: String,
        agentId: String? = nil,
        label: Nullable<String>? = nil,
        thinkingLevel: Nullable<SessionsPatchParamsThinkingLevel>? = nil,
        verboseLevel: Nullable<SessionsPatchParamsVerboseLevel>? = nil,
        reasoningLevel: Nullable<SessionsPatchParamsReasoningLevel>? = nil,
        responseUsage: Nullable<SessionsPatchParamsResponseUsage>? = nil,
        elevatedLevel: Nullable<SessionsPatchParamsElevatedLevel>? = nil,
        execHost: Nullable<SessionsPatchParamsExecHost>? = nil,
        execSecurity: Nullable<SessionsPatchParamsExecSecurity>? = nil,
        execAsk: Nullable<SessionsPatchParamsExecAsk>? = nil,
        execNode: Nullable<String>? = nil,
        model: Nullable<String>? = nil,
        spawnedBy: Nullable<String>? = nil,
        sendPolicy: Nullable<SessionsPatchParamsSendPolicy>? = nil,
        groupActivation: Nullable<SessionsPatchParamsGroupActivation>? = nil
    ) {
        self.key = key
        self.agentId = agentId
        self.label = label
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.responseUsage = responseUsage
        self.elevatedLevel = elevatedLevel
        self.execHost = execHost
        self.execSecurity = execSecurity
        self.execAsk = execAsk
        self.execNode = execNode
        self.model = model
        self.spawnedBy = spawnedBy
        self.sendPolicy = sendPolicy
        self.groupActivation = groupActivation
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case agentId
        case label
        case thinkingLevel
        case verboseLevel
        case reasoningLevel
        case responseUsage
        case elevatedLevel
        case execHost
        case execSecurity
        case execAsk
        case execNode
        case model
        case spawnedBy
        case sendPolicy
        case groupActivation
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.key = try container.decode(String.self, forKey: .key)
        self.agentId = try container.decodeIfPresent(String.self, forKey: .agentId)
        self.label = try container.decodeWhenPresent(Nullable<String>.self, forKey: .label)
        self.thinkingLevel = try container.decodeWhenPresent(Nullable<SessionsPatchParamsThinkingLevel>.self, forKey: .thinkingLevel)
        self.verboseLevel = try container.decodeWhenPresent(Nullable<SessionsPatchParamsVerboseLevel>.self, forKey: .verboseLevel)
        self.reasoningLevel = try container.decodeWhenPresent(Nullable<SessionsPatchParamsReasoningLevel>.self, forKey: .reasoningLevel)
        self.responseUsage = try container.decodeWhenPresent(Nullable<SessionsPatchParamsResponseUsage>.self, forKey: .responseUsage)
        self.elevatedLevel = try container.decodeWhenPresent(Nullable<SessionsPatchParamsElevatedLevel>.self, forKey: .elevatedLevel)
        self.execHost = try container.decodeWhenPresent(Nullable<SessionsPatchParamsExecHost>.self, forKey: .execHost)
        self.execSecurity = try container.decodeWhenPresent(Nullable<SessionsPatchParamsExecSecurity>.self, forKey: .execSecurity)
        self.execAsk = try container.decodeWhenPresent(Nullable<SessionsPatchParamsExecAsk>.self, forKey: .execAsk)
        self.execNode = try container.decodeWhenPresent(Nullable<String>.self, forKey: .execNode)
        self.model = try container.decodeWhenPresent(Nullable<String>.self, forKey: .model)
        self.spawnedBy = try container.decodeWhenPresent(Nullable<String>.self, forKey: .spawnedBy)
        self.sendPolicy = try container.decodeWhenPresent(Nullable<SessionsPatchParamsSendPolicy>.self, forKey: .sendPolicy)
        self.groupActivation = try container.decodeWhenPresent(Nullable<SessionsPatchParamsGroupActivation>.self, forKey: .groupActivation)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.key, forKey: .key)
        try container.encodeIfPresent(self.agentId, forKey: .agentId)
        try container.encodeIfPresent(self.label, forKey: .label)
        try container.encodeIfPresent(self.thinkingLevel, forKey: .thinkingLevel)
        try container.encodeIfPresent(self.verboseLevel, forKey: .verboseLevel)
        try container.encodeIfPresent(self.reasoningLevel, forKey: .reasoningLevel)
        try container.encodeIfPresent(self.responseUsage, forKey: .responseUsage)
        try container.encodeIfPresent(self.elevatedLevel, forKey: .elevatedLevel)
        try container.encodeIfPresent(self.execHost, forKey: .execHost)
        try container.encodeIfPresent(self.execSecurity, forKey: .execSecurity)
        try container.encodeIfPresent(self.execAsk, forKey: .execAsk)
        try container.encodeIfPresent(self.execNode, forKey: .execNode)
        try container.encodeIfPresent(self.model, forKey: .model)
        try container.encodeIfPresent(self.spawnedBy, forKey: .spawnedBy)
        try container.encodeIfPresent(self.sendPolicy, forKey: .sendPolicy)
        try container.encodeIfPresent(self.groupActivation, forKey: .groupActivation)
    }
}

public enum SessionsPatchParamsThinkingLevel: RawRepresentable, Codable, Sendable, Hashable {
    case off
    case minimal
    case low
    case medium
    case high
    case xhigh
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "off": self = .off
        case "minimal": self = .minimal
        case "low": self = .low
        case "medium": self = .medium
        case "high": self = .high
        case "xhigh": self = .xhigh
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .off: "off"
        case .minimal: "minimal"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .xhigh: "xhigh"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsVerboseLevel: RawRepresentable, Codable, Sendable, Hashable {
    case on
    case off
    case full
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "on": self = .on
        case "off": self = .off
        case "full": self = .full
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .on: "on"
        case .off: "off"
        case .full: "full"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsReasoningLevel: RawRepresentable, Codable, Sendable, Hashable {
    case on
    case off
    case stream
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "on": self = .on
        case "off": self = .off
        case "stream": self = .stream
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .on: "on"
        case .off: "off"
        case .stream: "stream"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsResponseUsage: RawRepresentable, Codable, Sendable, Hashable {
    case off
    case tokens
    case full
    case on
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "off": self = .off
        case "tokens": self = .tokens
        case "full": self = .full
        case "on": self = .on
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .off: "off"
        case .tokens: "tokens"
        case .full: "full"
        case .on: "on"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsElevatedLevel: RawRepresentable, Codable, Sendable, Hashable {
    case on
    case off
    case ask
    case full
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "on": self = .on
        case "off": self = .off
        case "ask": self = .ask
        case "full": self = .full
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .on: "on"
        case .off: "off"
        case .ask: "ask"
        case .full: "full"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsExecHost: RawRepresentable, Codable, Sendable, Hashable {
    case sandbox
    case gateway
    case node
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "sandbox": self = .sandbox
        case "gateway": self = .gateway
        case "node": self = .node
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .sandbox: "sandbox"
        case .gateway: "gateway"
        case .node: "node"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsExecSecurity: RawRepresentable, Codable, Sendable, Hashable {
    case deny
    case allowlist
    case full
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "deny": self = .deny
        case "allowlist": self = .allowlist
        case "full": self = .full
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .deny: "deny"
        case .allowlist: "allowlist"
        case .full: "full"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsExecAsk: RawRepresentable, Codable, Sendable, Hashable {
    case off
    case onMiss
    case always
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "off": self = .off
        case "on-miss": self = .onMiss
        case "always": self = .always
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .off: "off"
        case .onMiss: "on-miss"
        case .always: "always"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsSendPolicy: RawRepresentable, Codable, Sendable, Hashable {
    case allow
    case deny
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "allow": self = .allow
        case "deny": self = .deny
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .unknown(let word): word
        }
    }
}

public enum SessionsPatchParamsGroupActivation: RawRepresentable, Codable, Sendable, Hashable {
    case mention
    case always
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "mention": self = .mention
        case "always": self = .always
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .mention: "mention"
        case .always: "always"
        case .unknown(let word): word
        }
    }
}

/// Result of sessions.patch.
public struct SessionsPatchResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var path: String
    public var key: String
    public var entry: SessionEntry
    public var resolved: SessionsPatchResultResolved?

    public init(
        path: String,
        key: String,
        entry: SessionEntry,
        resolved: SessionsPatchResultResolved? = nil
    ) {
        self.path = path
        self.key = key
        self.entry = entry
        self.resolved = resolved
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case path
        case key
        case entry
        case resolved
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.path = try container.decode(String.self, forKey: .path)
        self.key = try container.decode(String.self, forKey: .key)
        self.entry = try container.decode(SessionEntry.self, forKey: .entry)
        self.resolved = try container.decodeIfPresent(SessionsPatchResultResolved.self, forKey: .resolved)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.path, forKey: .path)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.entry, forKey: .entry)
        try container.encodeIfPresent(self.resolved, forKey: .resolved)
    }
}

public struct SessionsPatchResultResolved: Codable, Sendable, Equatable {
    public var modelProvider: String?
    public var model: String?

    public init(
        modelProvider: String?,
        model: String?
    ) {
        self.modelProvider = modelProvider
        self.model = model
    }

    private enum CodingKeys: String, CodingKey {
        case modelProvider
        case model
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.modelProvider = try container.decode(String?.self, forKey: .modelProvider)
        self.model = try container.decode(String?.self, forKey: .model)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.modelProvider, forKey: .modelProvider)
        try container.encode(self.model, forKey: .model)
    }
}

/// Params of sessions.preview.
public struct SessionsPreviewParams: Codable, Sendable, Equatable {
    public var keys: [String]
    /// messages of each; default 12, at most 50
    public var limit: Int?
    /// of each message; default 240, at most 2000
    public var maxChars: Int?

    public init(
        keys: [String],
        limit: Int? = nil,
        maxChars: Int? = nil
    ) {
        self.keys = keys
        self.limit = limit
        self.maxChars = maxChars
    }
}

/// Result of sessions.preview.
public struct SessionsPreviewResult: Codable, Sendable, Equatable {
    public var ts: Int
    public var previews: [SessionPreview]

    public init(
        ts: Int,
        previews: [SessionPreview]
    ) {
        self.ts = ts
        self.previews = previews
    }
}

/// Params of sessions.reset.
public struct SessionsResetParams: Codable, Sendable, Equatable {
    public var key: String
    public var agentId: String?
    public var reason: String?

    public init(
        key: String,
        agentId: String? = nil,
        reason: String? = nil
    ) {
        self.key = key
        self.agentId = agentId
        self.reason = reason
    }
}

/// Result of sessions.reset.
public struct SessionsResetResult: Codable, Sendable, Equatable {
    public let ok: Bool = true
    public var key: String
    public var entry: SessionEntry

    public init(
        key: String,
        entry: SessionEntry
    ) {
        self.key = key
        self.entry = entry
    }

    private enum CodingKeys: String, CodingKey {
        case ok
        case key
        case entry
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
        self.key = try container.decode(String.self, forKey: .key)
        self.entry = try container.decode(SessionEntry.self, forKey: .entry)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.entry, forKey: .entry)
    }
}

/// Params of sessions.resolve.
public struct SessionsResolveParams: Codable, Sendable, Equatable {
    public var key: String?
    public var sessionId: String?
    public var label: String?
    public var agentId: String?
    public var spawnedBy: String?
    public var includeGlobal: Bool?
    public var includeUnknown: Bool?
    public var allowMissing: Bool?

    public init(
        key: String? = nil,
        sessionId: String? = nil,
        label: String? = nil,
        agentId: String? = nil,
        spawnedBy: String? = nil,
        includeGlobal: Bool? = nil,
        includeUnknown: Bool? = nil,
        allowMissing: Bool? = nil
    ) {
        self.key = key
        self.sessionId = sessionId
        self.label = label
        self.agentId = agentId
        self.spawnedBy = spawnedBy
        self.includeGlobal = includeGlobal
        self.includeUnknown = includeUnknown
        self.allowMissing = allowMissing
    }
}

/// Result of sessions.resolve.
public struct SessionsResolveResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var key: String?

    public init(
        ok: Bool,
        key: String? = nil
    ) {
        self.ok = ok
        self.key = key
    }
}

/// Params of sessions.subscribe.
public struct SessionsSubscribeParams: Codable, Sendable, Equatable {
    /// default 200
    public var limit: Int?
    public var offset: Int?
    public var activeMinutes: Int?
    public var includeGlobal: Bool?
    public var includeUnknown: Bool?
    public var includeDerivedTitles: Bool?
    public var includeLastMessage: Bool?
    public var label: String?
    public var spawnedBy: String?
    public var agentId: String?
    public var search: String?

    public init(
        limit: Int? = nil,
        offset: Int? = nil,
        activeMinutes: Int? = nil,
        includeGlobal: Bool? = nil,
        includeUnknown: Bool? = nil,
        includeDerivedTitles: Bool? = nil,
        includeLastMessage: Bool? = nil,
        label: String? = nil,
        spawnedBy: String? = nil,
        agentId: String? = nil,
        search: String? = nil
    ) {
        self.limit = limit
        self.offset = offset
        self.activeMinutes = activeMinutes
        self.includeGlobal = includeGlobal
        self.includeUnknown = includeUnknown
        self.includeDerivedTitles = includeDerivedTitles
        self.includeLastMessage = includeLastMessage
        self.label = label
        self.spawnedBy = spawnedBy
        self.agentId = agentId
        self.search = search
    }
}

/// Result of sessions.subscribe.
public struct SessionsSubscribeResult: Codable, Sendable, Equatable {
    public var subscribed: Bool
    public var list: SessionsListResult?

    public init(
        subscribed: Bool,
        list: SessionsListResult? = nil
    ) {
        self.subscribed = subscribed
        self.list = list
    }
}

/// Params of sessions.unsubscribe.
public struct SessionsUnsubscribeParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of sessions.unsubscribe.
public struct SessionsUnsubscribeResult: Codable, Sendable, Equatable {
    public var subscribed: Bool

    public init(
        subscribed: Bool
    ) {
        self.subscribed = subscribed
    }
}

/// Payload of shutdown.
public struct ShutdownEvent: Codable, Sendable, Equatable {
    public var reason: String
    public var restartExpectedMs: Int?

    public init(
        reason: String,
        restartExpectedMs: Int?
    ) {
        self.reason = reason
        self.restartExpectedMs = restartExpectedMs
    }

    private enum CodingKeys: String, CodingKey {
        case reason
        case restartExpectedMs
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.reason = try container.decode(String.self, forKey: .reason)
        self.restartExpectedMs = try container.decode(Int?.self, forKey: .restartExpectedMs)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.reason, forKey: .reason)
        try container.encode(self.restartExpectedMs, forKey: .restartExpectedMs)
    }
}

public struct Snapshot: Codable, Sendable, Equatable {
    public var presence: [PresenceEntry]
    public var health: HealthSummary
    public var stateVersion: StateVersion
    public var uptimeMs: Int
    public var configPath: String?
    public var stateDir: String?
    public var sessionDefaults: SessionDefaults

    public init(
        presence: [PresenceEntry],
        health: HealthSummary,
        stateVersion: StateVersion,
        uptimeMs: Int,
        configPath: String? = nil,
        stateDir: String? = nil,
        sessionDefaults: SessionDefaults
    ) {
        self.presence = presence
        self.health = health
        self.stateVersion = stateVersion
        self.uptimeMs = uptimeMs
        self.configPath = configPath
        self.stateDir = stateDir
        self.sessionDefaults = sessionDefaults
    }
}

public struct Spend: Codable, Sendable, Equatable {
    public var day: String
    public var usd: Double
    public var capUsd: Double?
    public var unpriced: Int

    public init(
        day: String,
        usd: Double,
        capUsd: Double?,
        unpriced: Int
    ) {
        self.day = day
        self.usd = usd
        self.capUsd = capUsd
        self.unpriced = unpriced
    }

    private enum CodingKeys: String, CodingKey {
        case day
        case usd
        case capUsd
        case unpriced
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.day = try container.decode(String.self, forKey: .day)
        self.usd = try container.decode(Double.self, forKey: .usd)
        self.capUsd = try container.decode(Double?.self, forKey: .capUsd)
        self.unpriced = try container.decode(Int.self, forKey: .unpriced)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.day, forKey: .day)
        try container.encode(self.usd, forKey: .usd)
        try container.encode(self.capUsd, forKey: .capUsd)
        try container.encode(self.unpriced, forKey: .unpriced)
    }
}

public struct StateVersion: Codable, Sendable, Equatable {
    public var presence: Int
    public var health: Int

    public init(
        presence: Int,
        health: Int
    ) {
        self.presence = presence
        self.health = health
    }
}

/// Params of status.
public struct StatusParams: Codable, Sendable, Equatable {
    public init() {}
}

public typealias StatusResult = StatusSummary

public struct StatusSession: Codable, Sendable, Equatable {
    public var agentId: String?
    public var key: String
    public var kind: SessionKind
    public var sessionId: String?
    public var updatedAt: Int?
    public var age: Int?
    public var thinkingLevel: String?
    public var verboseLevel: String?
    public var reasoningLevel: String?
    public var elevatedLevel: String?
    public var systemSent: Bool?
    public var abortedLastRun: Bool?
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var totalTokens: Int?
    public var remainingTokens: Int?
    public var percentUsed: Int?
    public var model: String?
    public var contextTokens: Int?
    public var flags: [String]

    public init(
        agentId: String? = nil,
        key: String,
        kind: SessionKind,
        sessionId: String? = nil,
        updatedAt: Int?,
        age: Int?,
        thinkingLevel: String? = nil,
        verboseLevel: String? = nil,
        reasoningLevel: String? = nil,
        elevatedLevel: String? = nil,
        systemSent: Bool? = nil,
        abortedLastRun: Bool? = nil,
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        totalTokens: Int?,
        remainingTokens: Int?,
        percentUsed: Int?,
        model: String?,
        contextTokens: Int?,
        flags: [String]
    ) {
        self.agentId = agentId
        self.key = key
        self.kind = kind
        self.sessionId = sessionId
        self.updatedAt = updatedAt
        self.age = age
        self.thinkingLevel = thinkingLevel
        self.verboseLevel = verboseLevel
        self.reasoningLevel = reasoningLevel
        self.elevatedLevel = elevatedLevel
        self.systemSent = systemSent
        self.abortedLastRun = abortedLastRun
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.totalTokens = totalTokens
        self.remainingTokens = remainingTokens
        self.percentUsed = percentUsed
        self.model = model
        self.contextTokens = contextTokens
        self.flags = flags
    }

    private enum CodingKeys: String, CodingKey {
        case agentId
        case key
        case kind
        case sessionId
        case updatedAt
        case age
        case thinkingLevel
        case verboseLevel
        case reasoningLevel
        case elevatedLevel
        case systemSent
        case abortedLastRun
        case inputTokens
        case outputTokens
        case totalTokens
        case remainingTokens
        case percentUsed
        case model
        case contextTokens
        case flags
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.agentId = try container.decodeIfPresent(String.self, forKey: .agentId)
        self.key = try container.decode(String.self, forKey: .key)
        self.kind = try container.decode(SessionKind.self, forKey: .kind)
        self.sessionId = try container.decodeIfPresent(String.self, forKey: .sessionId)
        self.updatedAt = try container.decode(Int?.self, forKey: .updatedAt)
        self.age = try container.decode(Int?.self, forKey: .age)
        self.thinkingLevel = try container.decodeIfPresent(String.self, forKey: .thinkingLevel)
        self.verboseLevel = try container.decodeIfPresent(String.self, forKey: .verboseLevel)
        self.reasoningLevel = try container.decodeIfPresent(String.self, forKey: .reasoningLevel)
        self.elevatedLevel = try container.decodeIfPresent(String.self, forKey: .elevatedLevel)
        self.systemSent = try container.decodeIfPresent(Bool.self, forKey: .systemSent)
        self.abortedLastRun = try container.decodeIfPresent(Bool.self, forKey: .abortedLastRun)
        self.inputTokens = try container.decodeIfPresent(Int.self, forKey: .inputTokens)
        self.outputTokens = try container.decodeIfPresent(Int.self, forKey: .outputTokens)
        self.totalTokens = try container.decode(Int?.self, forKey: .totalTokens)
        self.remainingTokens = try container.decode(Int?.self, forKey: .remainingTokens)
        self.percentUsed = try container.decode(Int?.self, forKey: .percentUsed)
        self.model = try container.decode(String?.self, forKey: .model)
        self.contextTokens = try container.decode(Int?.self, forKey: .contextTokens)
        self.flags = try container.decode([String].self, forKey: .flags)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.agentId, forKey: .agentId)
        try container.encode(self.key, forKey: .key)
        try container.encode(self.kind, forKey: .kind)
        try container.encodeIfPresent(self.sessionId, forKey: .sessionId)
        try container.encode(self.updatedAt, forKey: .updatedAt)
        try container.encode(self.age, forKey: .age)
        try container.encodeIfPresent(self.thinkingLevel, forKey: .thinkingLevel)
        try container.encodeIfPresent(self.verboseLevel, forKey: .verboseLevel)
        try container.encodeIfPresent(self.reasoningLevel, forKey: .reasoningLevel)
        try container.encodeIfPresent(self.elevatedLevel, forKey: .elevatedLevel)
        try container.encodeIfPresent(self.systemSent, forKey: .systemSent)
        try container.encodeIfPresent(self.abortedLastRun, forKey: .abortedLastRun)
        try container.encodeIfPresent(self.inputTokens, forKey: .inputTokens)
        try container.encodeIfPresent(self.outputTokens, forKey: .outputTokens)
        try container.encode(self.totalTokens, forKey: .totalTokens)
        try container.encode(self.remainingTokens, forKey: .remainingTokens)
        try container.encode(self.percentUsed, forKey: .percentUsed)
        try container.encode(self.model, forKey: .model)
        try container.encode(self.contextTokens, forKey: .contextTokens)
        try container.encode(self.flags, forKey: .flags)
    }
}

/// Result of status.
public struct StatusSummary: Codable, Sendable, Equatable {
    public var linkChannel: JSONValue?
    public var heartbeat: StatusSummaryHeartbeat
    public var channelSummary: [String]
    public var queuedSystemEvents: [String]
    public var spend: Spend?
    public var tailnetUrl: String?
    public var sessions: StatusSummarySessions

    public init(
        linkChannel: JSONValue? = nil,
        heartbeat: StatusSummaryHeartbeat,
        channelSummary: [String],
        queuedSystemEvents: [String],
        spend: Spend? = nil,
        tailnetUrl: String? = nil,
        sessions: StatusSummarySessions
    ) {
        self.linkChannel = linkChannel
        self.heartbeat = heartbeat
        self.channelSummary = channelSummary
        self.queuedSystemEvents = queuedSystemEvents
        self.spend = spend
        self.tailnetUrl = tailnetUrl
        self.sessions = sessions
    }

    private enum CodingKeys: String, CodingKey {
        case linkChannel
        case heartbeat
        case channelSummary
        case queuedSystemEvents
        case spend
        case tailnetUrl
        case sessions
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.linkChannel = try container.decodeWhenPresent(JSONValue.self, forKey: .linkChannel)
        self.heartbeat = try container.decode(StatusSummaryHeartbeat.self, forKey: .heartbeat)
        self.channelSummary = try container.decode([String].self, forKey: .channelSummary)
        self.queuedSystemEvents = try container.decode([String].self, forKey: .queuedSystemEvents)
        self.spend = try container.decodeIfPresent(Spend.self, forKey: .spend)
        self.tailnetUrl = try container.decodeIfPresent(String.self, forKey: .tailnetUrl)
        self.sessions = try container.decode(StatusSummarySessions.self, forKey: .sessions)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.linkChannel, forKey: .linkChannel)
        try container.encode(self.heartbeat, forKey: .heartbeat)
        try container.encode(self.channelSummary, forKey: .channelSummary)
        try container.encode(self.queuedSystemEvents, forKey: .queuedSystemEvents)
        try container.encodeIfPresent(self.spend, forKey: .spend)
        try container.encodeIfPresent(self.tailnetUrl, forKey: .tailnetUrl)
        try container.encode(self.sessions, forKey: .sessions)
    }
}

public struct StatusSummaryHeartbeat: Codable, Sendable, Equatable {
    public var defaultAgentId: String
    public var agents: [AgentHeartbeat]

    public init(
        defaultAgentId: String,
        agents: [AgentHeartbeat]
    ) {
        self.defaultAgentId = defaultAgentId
        self.agents = agents
    }
}

public struct StatusSummarySessions: Codable, Sendable, Equatable {
    public var paths: [String]
    public var count: Int
    public var defaults: StatusSummarySessionsDefaults
    public var recent: [StatusSession]
    public var byAgent: [AgentSessions]

    public init(
        paths: [String],
        count: Int,
        defaults: StatusSummarySessionsDefaults,
        recent: [StatusSession],
        byAgent: [AgentSessions]
    ) {
        self.paths = paths
        self.count = count
        self.defaults = defaults
        self.recent = recent
        self.byAgent = byAgent
    }
}

public struct StatusSummarySessionsDefaults: Codable, Sendable, Equatable {
    public var model: String?
    public var contextTokens: Int?

    public init(
        model: String?,
        contextTokens: Int?
    ) {
        self.model = model
        self.contextTokens = contextTokens
    }

    private enum CodingKeys: String, CodingKey {
        case model
        case contextTokens
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.model = try container.decode(String?.self, forKey: .model)
        self.contextTokens = try container.decode(Int?.self, forKey: .contextTokens)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.model, forKey: .model)
        try container.encode(self.contextTokens, forKey: .contextTokens)
    }
}

/// Params of system.echo.
public struct SystemEchoParams: Codable, Sendable, Equatable {
    public var text: String

    public init(
        text: String
    ) {
        self.text = text
    }
}

/// Result of system.echo.
public struct SystemEchoResult: Codable, Sendable, Equatable {
    public var ok: Bool
    public var text: String

    public init(
        ok: Bool,
        text: String
    ) {
        self.ok = ok
        self.text = text
    }
}

/// Params of system-event.
public struct SystemEventParams: Codable, Sendable, Equatable {
    public var text: String
    public var host: String?
    public var ip: String?
    public var version: String?
    public var platform: String?
    public var deviceFamily: String?
    public var modelIdentifier: String?
    public var mode: String?
    public var lastInputSeconds: Int?
    public var reason: String?
    public var tags: [String]?
    public var deviceId: String?
    public var roles: [String]?
    public var scopes: [String]?
    public var instanceId: String?

    public init(
        text: String,
        host: String? = nil,
        ip: String? = nil,
        version: String? = nil,
        platform: String? = nil,
        deviceFamily: String? = nil,
        modelIdentifier: String? = nil,
        mode: String? = nil,
        lastInputSeconds: Int? = nil,
        reason: String? = nil,
        tags: [String]? = nil,
        deviceId: String? = nil,
        roles: [String]? = nil,
        scopes: [String]? = nil,
        instanceId: String? = nil
    ) {
        self.text = text
        self.host = host
        self.ip = ip
        self.version = version
        self.platform = platform
        self.deviceFamily = deviceFamily
        self.modelIdentifier = modelIdentifier
        self.mode = mode
        self.lastInputSeconds = lastInputSeconds
        self.reason = reason
        self.tags = tags
        self.deviceId = deviceId
        self.roles = roles
        self.scopes = scopes
        self.instanceId = instanceId
    }
}

/// Result of system-event.
public struct SystemEventResult: Codable, Sendable, Equatable {
    public let ok: Bool = true

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case ok
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect(true, forKey: .ok)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.ok, forKey: .ok)
    }
}

/// Params of system-presence.
public struct SystemPresenceParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of system-presence.
public typealias SystemPresenceResult = [PresenceEntry]

/// Params of system.restart.
public struct SystemRestartParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of system.restart.
public struct SystemRestartResult: Codable, Sendable, Equatable {
    public var restarting: Bool

    public init(
        restarting: Bool
    ) {
        self.restarting = restarting
    }
}

/// Params of taskSuggestions.list.
public struct TaskSuggestionsListParams: Codable, Sendable, Equatable {
    public var agentId: String?

    public init(
        agentId: String? = nil
    ) {
        self.agentId = agentId
    }
}

/// Result of taskSuggestions.list.
public struct TaskSuggestionsListResult: Codable, Sendable, Equatable {
    public var suggestions: [[String: JSONValue]]

    public init(
        suggestions: [[String: JSONValue]]
    ) {
        self.suggestions = suggestions
    }
}

public struct TextPart: Codable, Sendable, Equatable {
    public let type: String = "text"
    public var text: String

    public init(
        text: String
    ) {
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case text
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("text", forKey: .type)
        self.text = try container.decode(String.self, forKey: .text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.text, forKey: .text)
    }
}

public struct ThinkingPart: Codable, Sendable, Equatable {
    public let type: String = "thinking"
    public var thinking: String

    public init(
        thinking: String
    ) {
        self.thinking = thinking
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case thinking
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("thinking", forKey: .type)
        self.thinking = try container.decode(String.self, forKey: .thinking)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.thinking, forKey: .thinking)
    }
}

/// Payload of tick.
public struct TickEvent: Codable, Sendable, Equatable {
    public var ts: Int

    public init(
        ts: Int
    ) {
        self.ts = ts
    }
}

public struct ToolCallPart: Codable, Sendable, Equatable {
    public let type: String = "toolCall"
    public var id: String
    public var name: String
    public var arguments: [String: JSONValue]

    public init(
        id: String,
        name: String,
        arguments: [String: JSONValue]
    ) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case id
        case name
        case arguments
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.expect("toolCall", forKey: .type)
        self.id = try container.decode(String.self, forKey: .id)
        self.name = try container.decode(String.self, forKey: .name)
        self.arguments = try container.decode([String: JSONValue].self, forKey: .arguments)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.arguments, forKey: .arguments)
    }
}

public struct ToolData: Codable, Sendable, Equatable {
    public var phase: ToolPhase
    public var name: String
    public var toolCallId: String
    public var args: [String: JSONValue]?
    public var partialResult: JSONValue?
    public var meta: String?
    public var isError: Bool?
    public var result: JSONValue?

    public init(
        phase: ToolPhase,
        name: String,
        toolCallId: String,
        args: [String: JSONValue]? = nil,
        partialResult: JSONValue? = nil,
        meta: String? = nil,
        isError: Bool? = nil,
        result: JSONValue? = nil
    ) {
        self.phase = phase
        self.name = name
        self.toolCallId = toolCallId
        self.args = args
        self.partialResult = partialResult
        self.meta = meta
        self.isError = isError
        self.result = result
    }

    private enum CodingKeys: String, CodingKey {
        case phase
        case name
        case toolCallId
        case args
        case partialResult
        case meta
        case isError
        case result
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.phase = try container.decode(ToolPhase.self, forKey: .phase)
        self.name = try container.decode(String.self, forKey: .name)
        self.toolCallId = try container.decode(String.self, forKey: .toolCallId)
        self.args = try container.decodeIfPresent([String: JSONValue].self, forKey: .args)
        self.partialResult = try container.decodeWhenPresent(JSONValue.self, forKey: .partialResult)
        self.meta = try container.decodeIfPresent(String.self, forKey: .meta)
        self.isError = try container.decodeIfPresent(Bool.self, forKey: .isError)
        self.result = try container.decodeWhenPresent(JSONValue.self, forKey: .result)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.phase, forKey: .phase)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.toolCallId, forKey: .toolCallId)
        try container.encodeIfPresent(self.args, forKey: .args)
        try container.encodeIfPresent(self.partialResult, forKey: .partialResult)
        try container.encodeIfPresent(self.meta, forKey: .meta)
        try container.encodeIfPresent(self.isError, forKey: .isError)
        try container.encodeIfPresent(self.result, forKey: .result)
    }
}

public enum ToolPhase: RawRepresentable, Codable, Sendable, Hashable {
    case start
    case update
    case result
    /// A word that this build does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
        case "start": self = .start
        case "update": self = .update
        case "result": self = .result
        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .start: "start"
        case .update: "update"
        case .result: "result"
        case .unknown(let word): word
        }
    }
}

public struct TurnDepths: Codable, Sendable, Equatable {
    public var running: Int
    public var waiting: Int

    public init(
        running: Int,
        waiting: Int
    ) {
        self.running = running
        self.waiting = waiting
    }
}

public struct Usage: Codable, Sendable, Equatable {
    public var input: Int
    public var output: Int
    public var cacheRead: Int?
    public var cacheWrite: Int?
    public var totalTokens: Int
    public var cost: UsageCost?

    public init(
        input: Int,
        output: Int,
        cacheRead: Int? = nil,
        cacheWrite: Int? = nil,
        totalTokens: Int,
        cost: UsageCost? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.totalTokens = totalTokens
        self.cost = cost
    }
}

public struct UsageCost: Codable, Sendable, Equatable {
    public var input: Double?
    public var output: Double?
    public var cacheRead: Double?
    public var cacheWrite: Double?
    public var total: Double

    public init(
        input: Double? = nil,
        output: Double? = nil,
        cacheRead: Double? = nil,
        cacheWrite: Double? = nil,
        total: Double
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.total = total
    }
}

/// Params of usage.cost.
public struct UsageCostParams: Codable, Sendable, Equatable {
    public var days: JSONValue?
    public var startDate: String?
    public var endDate: String?
    public var mode: String?
    public var utcOffset: String?
    public var sessionKey: String?
    public var runId: String?

    public init(
        days: JSONValue? = nil,
        startDate: String? = nil,
        endDate: String? = nil,
        mode: String? = nil,
        utcOffset: String? = nil,
        sessionKey: String? = nil,
        runId: String? = nil
    ) {
        self.days = days
        self.startDate = startDate
        self.endDate = endDate
        self.mode = mode
        self.utcOffset = utcOffset
        self.sessionKey = sessionKey
        self.runId = runId
    }

    private enum CodingKeys: String, CodingKey {
        case days
        case startDate
        case endDate
        case mode
        case utcOffset
        case sessionKey
        case runId
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.days = try container.decodeWhenPresent(JSONValue.self, forKey: .days)
        self.startDate = try container.decodeIfPresent(String.self, forKey: .startDate)
        self.endDate = try container.decodeIfPresent(String.self, forKey: .endDate)
        self.mode = try container.decodeIfPresent(String.self, forKey: .mode)
        self.utcOffset = try container.decodeIfPresent(String.self, forKey: .utcOffset)
        self.sessionKey = try container.decodeIfPresent(String.self, forKey: .sessionKey)
        self.runId = try container.decodeIfPresent(String.self, forKey: .runId)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.days, forKey: .days)
        try container.encodeIfPresent(self.startDate, forKey: .startDate)
        try container.encodeIfPresent(self.endDate, forKey: .endDate)
        try container.encodeIfPresent(self.mode, forKey: .mode)
        try container.encodeIfPresent(self.utcOffset, forKey: .utcOffset)
        try container.encodeIfPresent(self.sessionKey, forKey: .sessionKey)
        try container.encodeIfPresent(self.runId, forKey: .runId)
    }
}

/// Result of usage.cost.
public struct UsageCostResult: Codable, Sendable, Equatable {
    public var updatedAt: Int
    public var days: Int
    public var daily: [UsageDay]
    public var totals: UsageTotals
    public var session: UsageTotals?
    public var run: UsageTotals?

    public init(
        updatedAt: Int,
        days: Int,
        daily: [UsageDay],
        totals: UsageTotals,
        session: UsageTotals? = nil,
        run: UsageTotals? = nil
    ) {
        self.updatedAt = updatedAt
        self.days = days
        self.daily = daily
        self.totals = totals
        self.session = session
        self.run = run
    }
}

public struct UsageDay: Codable, Sendable, Equatable {
    public var date: String
    public var input: Int
    public var output: Int
    public var cacheRead: Int
    public var cacheWrite: Int
    public var totalTokens: Int
    public var totalCost: Double
    public var inputCost: Double
    public var outputCost: Double
    public var cacheReadCost: Double
    public var cacheWriteCost: Double
    public var missingCostEntries: Int

    public init(
        date: String,
        input: Int,
        output: Int,
        cacheRead: Int,
        cacheWrite: Int,
        totalTokens: Int,
        totalCost: Double,
        inputCost: Double,
        outputCost: Double,
        cacheReadCost: Double,
        cacheWriteCost: Double,
        missingCostEntries: Int
    ) {
        self.date = date
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.totalTokens = totalTokens
        self.totalCost = totalCost
        self.inputCost = inputCost
        self.outputCost = outputCost
        self.cacheReadCost = cacheReadCost
        self.cacheWriteCost = cacheWriteCost
        self.missingCostEntries = missingCostEntries
    }
}

/// Params of usage.status.
public struct UsageStatusParams: Codable, Sendable, Equatable {
    public init() {}
}

/// Result of usage.status.
public struct UsageStatusResult: Codable, Sendable, Equatable {
    public var updatedAt: Int
    public var providers: [ProviderLimits]

    public init(
        updatedAt: Int,
        providers: [ProviderLimits]
    ) {
        self.updatedAt = updatedAt
        self.providers = providers
    }
}

public struct UsageTotals: Codable, Sendable, Equatable {
    public var input: Int
    public var output: Int
    public var cacheRead: Int
    public var cacheWrite: Int
    public var totalTokens: Int
    public var totalCost: Double
    public var inputCost: Double
    public var outputCost: Double
    public var cacheReadCost: Double
    public var cacheWriteCost: Double
    public var missingCostEntries: Int

    public init(
        input: Int,
        output: Int,
        cacheRead: Int,
        cacheWrite: Int,
        totalTokens: Int,
        totalCost: Double,
        inputCost: Double,
        outputCost: Double,
        cacheReadCost: Double,
        cacheWriteCost: Double,
        missingCostEntries: Int
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.totalTokens = totalTokens
        self.totalCost = totalCost
        self.inputCost = inputCost
        self.outputCost = outputCost
        self.cacheReadCost = cacheReadCost
        self.cacheWriteCost = cacheWriteCost
        self.missingCostEntries = missingCostEntries
    }
}

public struct UsageWindow: Codable, Sendable, Equatable {
    public var label: String
    public var usedPercent: Double
    public var resetAt: Int?

    public init(
        label: String,
        usedPercent: Double,
        resetAt: Int? = nil
    ) {
        self.label = label
        self.usedPercent = usedPercent
        self.resetAt = resetAt
    }
}
