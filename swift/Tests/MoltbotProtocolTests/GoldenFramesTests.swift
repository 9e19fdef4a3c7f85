import Foundation
import MoltbotProtocol
import XCTest

/// Reads the golden frames of the repository, the same that the gateway's own tests read.
final class GoldenFramesTests: XCTestCase {
    func testEveryFrameComesBackTheSame() throws {
        let frames = try goldenFrames()
        XCTAssertGreaterThan(frames.count, 100)
        for golden in frames {
            let frame: GatewayFrame = try golden.decoded()
            if case .unknown = frame { XCTFail("not understood: \(golden)") }
            XCTAssertEqual(try JSONValue(encoding: frame), golden)
        }
    }

    func testEveryChatEventIsUnderstood() throws {
        let payloads = try goldenFrames().filter { $0["event"] == .string("chat") }.compactMap { $0["payload"] }
        XCTAssertFalse(payloads.isEmpty)
        for payload in payloads {
            let event: ChatEvent = try payload.decoded()
            if case .unknown = event { XCTFail("not understood: \(payload)") }
            XCTAssertEqual(try JSONValue(encoding: event), payload)
        }
    }

    func testAFrameOfANewerGatewayIsKept() throws {
        let newer = JSONValue.object(["type": .string("batch"), "frames": .array([.null, .double(1.5)])])
        let frame: GatewayFrame = try newer.decoded()
        XCTAssertEqual(frame, .unknown(newer))
        XCTAssertEqual(try JSONValue(encoding: frame), newer)
    }

    func testAWordOfANewerGatewayIsKept() throws {
        let error = ErrorShape(code: "TOO_LATE", message: "too late")
        XCTAssertEqual(error.errorCode, .unknown("TOO_LATE"))
        XCTAssertFalse(error.errorCode.isRetryable)
        XCTAssertEqual(error.errorCode.rawValue, "TOO_LATE")
    }

    func testLeavingOutAndClearingAreDifferent() throws {
        let params = SessionsPatchParams(key: "main", label: .null, model: .value("anthropic/claude-sonnet-4-5"))
        XCTAssertEqual(
            try JSONValue(encoding: params),
            .object(["key": .string("main"), "label": .null, "model": .string("anthropic/claude-sonnet-4-5")])
        )
    }

    /// Every frame of every exchange in test/golden.
    private func goldenFrames() throws -> [JSONValue] {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("test/golden")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.flatMap { file in
            try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: file))
                .exchanges.flatMap(\.steps).compactMap(\.frame)
        }
    }
}

private struct GoldenFile: Decodable {
    struct Exchange: Decodable { let steps: [Step] }
    struct Step: Decodable { let frame: JSONValue? }
    let exchanges: [Exchange]
}
