extension LogSettings {
    init(reading reader: inout SettingReader) {
        self.init(level: reader.read(Settings.logLevel), format: reader.read(Settings.logFormat))
    }
}
